import { registerHooks } from 'node:module';

// As on a host where the optional packages are not installed.
registerHooks({
	resolve(specifier, context, next) {
		if (specifier.startsWith('@aws-sdk/'))
			throw Object.assign(new Error(`Cannot find package '${specifier}'`), { code: 'ERR_MODULE_NOT_FOUND' });
		return next(specifier, context);
	},
});
