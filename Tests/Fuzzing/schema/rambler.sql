
# --- !Ups
create table t (a int);
# --- !Downs
\i x.sql
