/*
 * The tables of perf.db, and the way from each version to the next. The
 * version is SQLite's user_version; application_id says that a database is
 * ours at all.
 */
#ifndef STORE_SCHEMA_H
#define STORE_SCHEMA_H

#include "base/compat.h"

struct store;

/* "gprf" */
#define SCHEMA_APPLICATION 0x67707266

struct schema {
	/* upgrades[i] is SQL that brings version i to i + 1; version 0 has no tables. */
	const char *const *upgrades;
	int version;
};

extern const struct schema schema_current;

/*
 * Brings the database to the version of `schema`: all steps in one
 * transaction, or none. A newer version, and a database that is not ours, is
 * refused; so is an older one when the store is read only.
 */
int schema_upgrade(struct store *store, const struct schema *schema) MUST_CHECK;
/* 1: is of this version; 0: is not; -1. */
int schema_is_current(struct store *store, const struct schema *schema) MUST_CHECK;

#endif
