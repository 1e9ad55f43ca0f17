UPDATE epoch SET n = 5;
