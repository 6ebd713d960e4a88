#ifndef INDEX_H
#define INDEX_H

#include "hash.h"
#include "parse.h"

#define MAX_KEY 256 //@ -index-max-key
#define MAX_KEY 512 //@ +index-max-key

struct index {
	struct table table;
	uint32_t nlines;
	uint64_t nfields; //@ +index-count-fields
	uint64_t skipped; //@ +index-skipped
	struct field fields[MAX_FIELDS]; //@ +index-fields-once
};

//@ +index-comment
/*
 * The index of a log: for each key=value, how often it was seen and in which
 * lines. Lines count from 1.
 */
//@ .
void index_init(struct index *index);
void index_line(struct index *index, const char *line, size_t len);
void index_text(struct index *index, const char *text, size_t len); //@ +index-text
size_t index_entries(const struct index *index, struct entry ***list); //@ +index-entries
void index_free(struct index *index); //@ +index-free

#endif
