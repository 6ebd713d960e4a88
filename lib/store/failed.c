/*
 * Each way in which SQLite fails, as a sentence that says what to do.
 */
#include "store/private.h"

#include "base/error.h"
#include "base/strbuf.h"

#define KEPT "nothing of it was stored, what was stored before is safe"

/*
 * What the system said. SQLite does not keep it for a COMMIT; then errno, which
 * statement_step() has cleared, still has it.
 */
static int system_error_of(sqlite3 *db, int last)
{
	static const int of_disks[] = { ENOSPC, EDQUOT, EFBIG, EIO, EROFS };
	int error = sqlite3_system_errno(db);

	for (size_t i = 0; !error && i < ARRAY_SIZE(of_disks); i++)
		if (last == of_disks[i])
			error = last;
	return error;
}

static bool is_full(int code, int system_error)
{
	if (code == SQLITE_FULL)
		return true;
	return (code & 0xff) == SQLITE_IOERR &&
	       (system_error == ENOSPC || system_error == EDQUOT || system_error == EFBIG);
}

static int io_failed(int code, int system_error, const char *path, const char *what)
{
	if (is_full(code, system_error))
		return error_set("cannot %s in '%s': no space left on its disk, or in its quota; make room and "
				 "run the command again (" KEPT ")",
				 what, path);
	return error_set("cannot %s in '%s': %s; check the disk and its file system, then run the command "
			 "again",
			 what, path, system_error ? strerror(system_error) : sqlite3_errstr(code));
}

static int open_failed(int system_error, const char *path, const char *what)
{
	return error_set("cannot %s in '%s': it cannot be opened (%s); see to its permissions", what, path,
			 system_error ? strerror(system_error) : "no such file, or a symbolic link");
}

int sqlite_failed(sqlite3 *db, const char *path, const char *what, const char *advice)
{
	int system_error = system_error_of(db, errno), code = sqlite3_extended_errcode(db);

	switch (code & 0xff) {
	case SQLITE_FULL:
	case SQLITE_IOERR:
		return io_failed(code, system_error, path, what);
	case SQLITE_READONLY:
	case SQLITE_PERM:
		return error_set("cannot %s in '%s': it, its folder or its file system is read-only; see to its "
				 "permissions",
				 what, path);
	case SQLITE_CANTOPEN:
		return open_failed(system_error, path, what);
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return error_set("cannot %s in '%s': another program has held it locked for too long; wait "
				 "until that one ends, or end it, and run the command again",
				 what, path);
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return error_set("cannot %s in '%s': it is damaged, or no database at all (%s); %s", what,
				 path, sqlite3_errmsg(db), advice);
	default:
		return error_set("cannot %s in '%s': %s", what, path, sqlite3_errmsg(db));
	}
}

/* What the disk may have kept or lost, nobody knows. */
static bool is_lost(int code)
{
	return code == SQLITE_IOERR_FSYNC || code == SQLITE_IOERR_DIR_FSYNC;
}

int store_failed(struct store *store, const char *what)
{
	int last = errno;
	char *advice = xstrfmt("restore it from a copy, or move it away and rescue what can be read with "
			       "\"sqlite3 '%s' .recover\"",
			       store->path);

	if (store->in_transaction)
		store->spoiled = true;
	if (is_lost(sqlite3_extended_errcode(store->db)))
		store->broken = true;
	errno = last;
	sqlite_failed(store->db, store->path, what, advice);
	free(advice);
	return -1;
}
