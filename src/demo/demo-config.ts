import type { DemoPorts } from './ask-control.ts';
import { LAYOUT } from './layout.ts';
import { TROUBLES } from './troubles.ts';

/**
 * The head of the demo's `rounds.yaml`: the ports it has today, and its troubles. Services, checks, actions and rounds are the
 * shipped example's own sheets, included unchanged, so that what a newcomer sees is what an operator would run.
 */
export function writeConfig(ports: DemoPorts): string {
	return `# The demo's own head, written anew at every start because the ports are free ones. Everything that is watched comes from
# the example's sheets; see examples/creditpilot.
version: 1
system: CreditPilot
timezone: UTC
state: {path: .rounds}

environments:
  demo:
    default: true
    vars:
      host: 127.0.0.1
      flask_port: ${ports.flask}
      accounting_port: ${ports.accounting}
      mcp_port: ${ports.mcp}
      base: "http://\${host}:\${flask_port}"
      accounting: "http://\${host}:\${accounting_port}"
      mcp: "http://\${host}:\${mcp_port}"
      tmp_logs: tmp-logs

secrets:
  accounting_token: file:${LAYOUT.token}

include: [sheets/*.yaml]

# The troubles. Each switches on, and off when run again.
actions:
${TROUBLES.map((trouble) => writeTrouble(trouble.name, trouble.en, trouble.zh, trouble.seen)).join('')}  # Switches all of the above off.
  demo-all-well:
    title: {en: "demo: all well", zh-CN: "演示：一切恢复正常"}
    run: [bash, trouble.sh, all-well]
    timeout: 15s
    recheck: [all]
`;
}

function writeTrouble(name: string, en: string, zh: string, seen: string): string {
	return `  # ${seen}
  demo-${name}:
    title: {en: "${en}", zh-CN: "${zh}"}
    run: [bash, trouble.sh, ${name}, toggle]
    timeout: 15s
    recheck: [all]
`;
}
