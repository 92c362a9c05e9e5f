/// How many times this thread has asked the heap for memory.
unsigned long allocation_count(void);
