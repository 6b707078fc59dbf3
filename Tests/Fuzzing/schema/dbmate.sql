-- migrate:up transaction:false
alter table t add constraint c foreign key (a) references b (id) not valid;
-- migrate:down
