create table a (x int not null); create table b (y int) inherits (a); alter table a add z text; alter table only a drop column x cascade; drop table a cascade;
