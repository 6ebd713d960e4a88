//@ file +keys-table
#ifndef KEYS_H
#define KEYS_H

#include <stddef.h>
#include <stdio.h> //@ +keys-list

//@ +keys-comment
/* What the keys that services commonly write stand for. */
//@ .
const char *key_meaning(const char *key, size_t len);
void list_keys(FILE *out); //@ +keys-list

#endif
