create tabel x (; select 'open ; /* nested /* */ 
 $a$ ; $b$