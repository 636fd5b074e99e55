create table if not exists orders (id bigserial primary key, product text not null, quantity int not null);
