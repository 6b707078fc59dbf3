--liquibase formatted sql
--changeset a:1 runInTransaction:false
create table t (i int);
--rollback drop table t;
--changeset a:2 dbms:mysql
x
