import { literal } from './postgres-sql.ts';

const OURS = (catalog: string, oid: string) =>
	`not exists (select 1 from pg_depend d where d.classid = '${catalog}'::regclass and d.objid = ${oid} and d.objsubid = 0 and d.deptype in ('e', 'i'))`;
const USERS = "n.nspname !~ '^pg_' and n.nspname <> 'information_schema'";

/** Everything in a database that somebody has put there. */
export const FOREIGN_OBJECTS = `select c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'v', 'm', 'S', 'f') and ${USERS} and ${OURS('pg_class', 'c.oid')}
union all select p.oid from pg_proc p join pg_namespace n on n.oid = p.pronamespace where ${USERS} and ${OURS('pg_proc', 'p.oid')}
union all select t.oid from pg_type t join pg_namespace n on n.oid = t.typnamespace
where t.typtype in ('e', 'd') and ${USERS} and ${OURS('pg_type', 't.oid')}
union all select oid from pg_largeobject_metadata`;

/** Empties a database that was empty before: whole schemas that were not there, and what lies in those that were. */
export function emptying(schemas: readonly string[]): string {
	const kept = schemas.map(literal).join(', ');
	return `do $empty$
declare one record;
begin
	for one in select lo.oid from pg_largeobject_metadata lo loop perform lo_unlink(one.oid); end loop;
	for one in select nspname from pg_namespace where nspname not in (${kept}) and nspname !~ '^pg_' loop
		execute pg_catalog.format('drop schema if exists %I cascade', one.nspname);
	end loop;
	for one in select n.nspname, c.relname, c.relkind from pg_class c join pg_namespace n on n.oid = c.relnamespace
		where c.relkind in ('r', 'p', 'v', 'm', 'f') and ${USERS} and ${OURS('pg_class', 'c.oid')} loop
		execute pg_catalog.format('drop %s if exists %I.%I cascade', case one.relkind when 'v' then 'view' when 'm' then 'materialized view'
			when 'f' then 'foreign table' else 'table' end, one.nspname, one.relname);
	end loop;
	for one in select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
		where c.relkind = 'S' and ${USERS} and ${OURS('pg_class', 'c.oid')} loop
		execute pg_catalog.format('drop sequence if exists %I.%I cascade', one.nspname, one.relname);
	end loop;
	for one in select p.oid::regprocedure as name, p.prokind from pg_proc p join pg_namespace n on n.oid = p.pronamespace
		where ${USERS} and ${OURS('pg_proc', 'p.oid')} loop
		execute pg_catalog.format('drop %s if exists %s cascade', case one.prokind when 'a' then 'aggregate' when 'p' then 'procedure' else 'function' end, one.name);
	end loop;
	for one in select n.nspname, t.typname from pg_type t join pg_namespace n on n.oid = t.typnamespace
		where t.typtype in ('e', 'd', 'c') and ${USERS} and ${OURS('pg_type', 't.oid')}
		and not exists (select 1 from pg_class c where c.oid = t.typrelid and c.relkind <> 'c') loop
		execute pg_catalog.format('drop type if exists %I.%I cascade', one.nspname, one.typname);
	end loop;
end $empty$`;
}
