/** Sentences of the fields of targets; what is common to all fields stands in field-words.ts. */
export const ZH_TARGETS: Readonly<Record<string, string>> = {
	'a folder above "path"': '“path”之上的目录',
	'a folder of the far side, without quotes, patterns or "~"': '对方的目录，不含引号、通配符或“~”',
	'a path without quotes, "%", "$" or "~"': '不含引号、“%”、“$”或“~”的路径',
	'the address of a store such as https://s3.example.com, without a path':
		'存储的地址，如 https://s3.example.com，不含路径',
	'the name of a bucket, such as company-backups': '存储桶名称，如 company-backups',
	'what the names begin with, such as creditpilot/': '名称的开头，如 creditpilot/',
	'a region such as eu-central-1': '区域，如 eu-central-1',
};
