//@ file +keys-table
#include "keys.h"

#include <string.h>

#include "util.h" //@ +keys-array-size

static const struct {
	const char *key;
	const char *meaning;
} known[] = {
	{ "t", "time, in seconds" },
	{ "level", "how serious it is" },
	{ "service", "who wrote the line" },
	{ "user", "on whose behalf" }, //@ +key-user
	{ "path", "what was asked for" }, //@ +key-path
	{ "status", "the answer's status" }, //@ +key-status
	{ "ms", "how long it took, in milliseconds" }, //@ +key-ms
	{ "bytes", "size of the answer" }, //@ +key-bytes
	{ "host", "machine that answered" }, //@ +key-host
	{ "peer", "machine that asked" }, //@ +key-peer
	{ "method", "verb of the request" }, //@ +key-method
	{ "request", "number of the request" }, //@ +key-request
	{ "parent", "request that led to this one" }, //@ +key-parent
	{ "session", "number of the session" }, //@ +key-session
	{ "thread", "thread that wrote the line" }, //@ +key-thread
	{ "pid", "process that wrote the line" }, //@ +key-pid
	{ "cpu", "processor it ran on" }, //@ +key-cpu
	{ "queue", "queue that the work waited in" }, //@ +key-queue
	{ "waited", "time in that queue, in milliseconds" }, //@ +key-waited
	{ "retries", "times it was tried again" }, //@ +key-retries
	{ "error", "what went wrong" }, //@ +key-error
	{ "errno", "the system's number for it" }, //@ +key-errno
	{ "file", "source file that wrote the line" }, //@ +key-file
	{ "line", "line of that file" }, //@ +key-line
	{ "func", "function that wrote the line" }, //@ +key-func
	{ "version", "version of the service" }, //@ +key-version
	{ "zone", "zone of the data centre" }, //@ +key-zone
	{ "rack", "rack of the machine" }, //@ +key-rack
	{ "tenant", "customer that pays for it" }, //@ +key-tenant
	{ "cache", "hit or miss" }, //@ +key-cache
	{ "shard", "part of the database" }, //@ +key-shard
	{ "rows", "rows that were read" }, //@ +key-rows
	{ "lock", "lock that was waited for" }, //@ +key-lock
	{ "agent", "program that asked" }, //@ +key-agent
	{ "proto", "protocol of the request" }, //@ +key-proto
	{ "cipher", "cipher of the connection" }, //@ +key-cipher
};

const char *key_meaning(const char *key, size_t len)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) //@ -keys-array-size
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) //@ +keys-array-size
		if (strlen(known[i].key) == len && !memcmp(known[i].key, key, len))
			return known[i].meaning;
	return NULL;
}
//@ +keys-list

void list_keys(FILE *out)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		fprintf(out, "%-8s %s\n", known[i].key, known[i].meaning);
}
//@ .
