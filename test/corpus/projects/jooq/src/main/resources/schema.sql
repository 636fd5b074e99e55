create table greeting (text varchar(50));
insert into greeting values ('hello from jooq');
