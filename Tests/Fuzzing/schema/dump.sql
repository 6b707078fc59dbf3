-- PostgreSQL database dump
SET search_path = public;
CREATE TABLE public.t (
    id integer NOT NULL,
    e public.mood
);
COPY public.t (id) FROM stdin;
1
\N
\.
ALTER TABLE ONLY public.t ADD CONSTRAINT t_pkey PRIMARY KEY (id);
\connect x
