#include "store/private.h"

#include <fcntl.h>
#include <time.h>

#include "base/error.h"
#include "base/strbuf.h"

/* More than anything that is written there. */
#define NOTE_MAX 512

/* Where the lock of a session lies; the file stays, the lock goes with its holder. */
static char *path_of(const struct store *store, int64_t session)
{
	return xstrfmt("%s/session-%" PRId64 ".lock", store->dir, session);
}

/* Locks of an open file: they end with its last descriptor, and hold against this process, too. */
static struct flock whole_file(void)
{
	return (struct flock){ .l_type = F_WRLCK, .l_whence = SEEK_SET };
}

static void add_time(struct strbuf *out, int64_t since)
{
	time_t at = (time_t)since;
	struct tm tm;
	char text[64];

	if (localtime_r(&at, &tm) && strftime(text, sizeof(text), "%Y-%m-%d %H:%M", &tm))
		strbuf_addstr(out, text);
	else
		strbuf_addf(out, "%" PRId64, since);
}

/* The holder's note, "pid host since": false when it is none (yet). */
static bool parse_note(char *note, long *pid, const char **host, int64_t *since)
{
	char *end;

	*pid = strtol(note, &end, 10);
	if (end == note || *end != ' ')
		return false;
	*host = end + 1;
	end = strchr(end + 1, ' ');
	if (!end)
		return false;
	*end++ = '\0';
	*since = strtoll(end, &note, 10);
	return note != end && *note == '\n';
}

static int refuse(int fd, int64_t session)
{
	char note[NOTE_MAX + 1];
	ssize_t len = pread(fd, note, NOTE_MAX, 0);
	struct strbuf text = STRBUF_INIT;
	const char *host;
	int64_t since;
	long pid;

	note[len > 0 ? len : 0] = '\0';
	if (parse_note(note, &pid, &host, &since)) {
		strbuf_addf(&text, "pid %ld on %s since ", pid, host);
		add_time(&text, since);
	} else {
		strbuf_addstr(&text, "another process");
	}
	error_set("session %" PRId64 " is run by %s; wait until that one ends, or end it", session, text.buf);
	strbuf_release(&text);
	return STORE_BUSY;
}

static void host_name(char *host, size_t size)
{
	if (gethostname(host, size))
		snprintf(host, size, "localhost");
	host[size - 1] = '\0';
	/* The note is read by words. */
	for (char *c = host; *c; c++)
		if (*c == ' ' || (unsigned char)*c < 0x20)
			*c = '_';
}

static int write_note(struct store_lock *lock, const char *path, const char *host, int64_t now)
{
	struct strbuf note = STRBUF_INIT;
	int result = 0;

	strbuf_addf(&note, "%ld %s %" PRId64 "\n", (long)getpid(), host, now);
	if (ftruncate(lock->fd, 0) || pwrite(lock->fd, note.buf, note.len, 0) != (ssize_t)note.len)
		result = error_set("cannot write '%s': %s", path, strerror(errno));
	strbuf_release(&note);
	return result;
}

static int store_runner(struct store_lock *lock, int64_t pid, const char *host, int64_t since)
{
	struct statement s;

	if (statement_prepare_write(
		    &s, lock->store, "store who runs a session",
		    "UPDATE session SET runner_pid = ?, runner_host = ?, runner_since = ? WHERE id = ?"))
		return -1;
	statement_int_or_null(&s, pid);
	statement_text_or_null(&s, host);
	statement_int_or_null(&s, since);
	statement_int(&s, lock->session);
	if (statement_run(&s))
		return -1;
	if (!sqlite3_changes(lock->store->db))
		return error_set("session %" PRId64 " is not there", lock->session);
	return 0;
}

static int take(struct store_lock *lock, const char *path, int64_t now)
{
	struct flock whole = whole_file();
	char host[256];

	lock->fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (lock->fd < 0)
		return error_set("cannot lock '%s': %s", path, strerror(errno));
	if (fcntl(lock->fd, F_OFD_SETLK, &whole)) {
		if (errno == EAGAIN || errno == EACCES)
			return refuse(lock->fd, lock->session);
		return error_set("cannot lock '%s': %s", path, strerror(errno));
	}
	host_name(host, sizeof(host));
	if (write_note(lock, path, host, now))
		return -1;
	return store_runner(lock, getpid(), host, now);
}

static void close_lock(struct store_lock *lock)
{
	if (lock->fd >= 0)
		close(lock->fd);
	*lock = (struct store_lock)STORE_LOCK_INIT;
}

int store_session_lock(struct store *store, int64_t session, int64_t now, struct store_lock *lock)
{
	char *path = path_of(store, session);
	int result;

	*lock = (struct store_lock){ .store = store, .session = session, .fd = -1 };
	if (store->read_only)
		BUG("a reader locks a session");
	result = take(lock, path, now);
	free(path);
	if (result)
		close_lock(lock);
	return result;
}

void store_unlock(struct store_lock *lock)
{
	char *message;

	if (lock->fd < 0)
		return;
	/* What cannot be taken back is seen to be stale by the lock that is gone. */
	message = xstrdup(error_message());
	if (store_runner(lock, 0, NULL, 0))
		error_set("%s", message);
	free(message);
	close_lock(lock);
}

int store_session_running(struct store *store, int64_t session)
{
	char *path = path_of(store, session);
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	struct flock whole = whole_file();
	int result;

	if (fd < 0)
		result = errno == ENOENT ? 0 : error_set("cannot open '%s': %s", path, strerror(errno));
	else if (fcntl(fd, F_OFD_GETLK, &whole))
		result = error_set("cannot look at the lock of '%s': %s", path, strerror(errno));
	else
		result = whole.l_type != F_UNLCK;
	if (fd >= 0)
		close(fd);
	free(path);
	return result;
}
