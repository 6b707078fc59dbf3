create table "A""b"."ü" ("" int, u&"d\0061t" text default E'\'' || $q$'$q$); select U&'x', B'1', 1$1;
