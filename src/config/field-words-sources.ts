/** Sentences of the fields of sources; what is common to all fields stands in field-words.ts. */
export const ZH_SOURCES: Readonly<Record<string, string>> = {
	'an ending such as .json or .tar': '后缀，如 .json 或 .tar',
	'either "run" or "url"': '“run”或“url”，二者取一',
	'"url" beside "headers"': '写了“headers”就要写“url”',
	'"putBack" and "place" together': '“putBack”与“place”同时给出',
	'{file} in an argument': '某个参数中含 {file}',
	'{place} in an argument': '某个参数中含 {place}',
	'one SELECT each, without ";" in it': '各为一条 SELECT，其中不含“;”',
	'"database"': '“database”',
	'exactly one of database, url and cluster': 'database、url、cluster 中恰好一个',
	'exactly one of database and url': 'database 与 url 中恰好一个',
	'a moment such as 2026-02-23T10:15:00Z': '2026-02-23T10:15:00Z 之类的时刻',
};
