/* What comes from the cluster and from scripts there, looked at before it is used. */
#include "bench/slurm.h"

#define NODES_LEN_MAX 1024

bool slurm_small_number(const char *word, int *number)
{
	size_t len = strlen(word);

	if (!len || len > 3 || strspn(word, "0123456789") != len)
		return false;
	*number = (int)strtol(word, NULL, 10);
	return true;
}

bool slurm_is_nodes(const char *text)
{
	size_t len = strlen(text);

	return len && len < NODES_LEN_MAX && is_word_char(*text) && strspn(text, WORD_CHARS "-.,[]") == len;
}
