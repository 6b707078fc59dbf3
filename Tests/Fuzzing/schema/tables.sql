create table a (id bigserial primary key, n varchar(20) not null default 'x', check (n <> ''));
create table b (a_id bigint references a on delete cascade, d timestamp, unique (a_id, d));
create index on b (a_id) where d is not null;
alter table b add column m numeric(10,2), drop column d;
