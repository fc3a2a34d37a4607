import { render, Text } from 'ink';

// The smallest thing that Ink can draw; it stays so that its CPU time can be read.
render(<Text>Hello, world</Text>);
setTimeout(() => {}, 5_000);
