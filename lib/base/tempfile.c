#include "base/tempfile.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/error.h"

/* Names to try while other processes hold theirs. */
#define TRIES_MAX 1000

/* What the clean-up removes. Changed only while signals are held back. */
static struct tempfile *files;

static void remove_files(int sig UNUSED)
{
	for (const struct tempfile *t = files; t; t = t->next)
		unlink(t->path);
	files = NULL;
}

static void forget(struct tempfile *t)
{
	struct tempfile **link = &files;

	while (*link && *link != t)
		link = &(*link)->next;
	if (*link)
		*link = t->next;
}

/* The file that a chain of links leads to, or the target itself. */
static char *resolve(const char *target)
{
	char *real = realpath(target, NULL);

	return real ? real : xstrdup(target);
}

/* Opens <target>.<n>.tmp, the first that does not exist. */
static int open_new(struct tempfile *t)
{
	int fd = -1;

	for (int i = 0; i < TRIES_MAX && fd < 0; i++) {
		t->path = xstrfmt("%s.%d.tmp", t->target, i);
		fd = open(t->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
		if (fd >= 0)
			break;
		free(t->path);
		t->path = NULL;
		if (errno != EEXIST)
			break;
	}
	return fd;
}

static void release(struct tempfile *t)
{
	free(t->path);
	free(t->target);
	*t = (struct tempfile)TEMPFILE_INIT;
}

static int create_error(struct tempfile *t)
{
	error_set("cannot create '%s': %s", t->target, strerror(errno));
	release(t);
	return -1;
}

int tempfile_create(struct tempfile *t, const char *target)
{
	struct stat st;
	bool exists = !stat(target, &st);
	int fd;

	*t = (struct tempfile)TEMPFILE_INIT;
	if (exists && !S_ISREG(st.st_mode)) {
		t->target = xstrdup(target);
		t->fp = fopen(target, "we");
		return t->fp ? 0 : create_error(t);
	}
	t->target = resolve(target);
	cleanup_add(remove_files);
	cleanup_block();
	fd = open_new(t);
	if (fd >= 0) {
		t->next = files;
		files = t;
	}
	cleanup_unblock();
	if (fd < 0)
		return create_error(t);
	t->fp = fdopen(fd, "w");
	if (!t->fp || (exists && fchmod(fd, st.st_mode & 07777))) {
		error_set("cannot create '%s': %s", target, strerror(errno));
		if (!t->fp)
			close(fd);
		tempfile_abort(t);
		return -1;
	}
	return 0;
}

/* So that the new name survives a power cut; a file system that cannot is left alone. */
static void sync_directory(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *dir = slash ? xmemdupz(path, (size_t)(slash - path) + 1) : xstrdup(".");
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
	free(dir);
}

/* Brings everything to the disk and closes. */
static int finish(struct tempfile *t)
{
	bool failed = ferror(t->fp) || fflush(t->fp) || (t->path && fsync(fileno(t->fp)));
	int error = errno;

	if (fclose(t->fp) && !failed) {
		failed = true;
		error = errno;
	}
	t->fp = NULL;
	errno = error;
	return failed ? -1 : 0;
}

int tempfile_commit(struct tempfile *t)
{
	int result = finish(t);

	if (!result && t->path) {
		cleanup_block();
		result = rename(t->path, t->target);
		if (!result)
			forget(t);
		cleanup_unblock();
	}
	if (result) {
		error_set("cannot write '%s': %s", t->target, strerror(errno));
		tempfile_abort(t);
		return -1;
	}
	if (t->path)
		sync_directory(t->target);
	release(t);
	return 0;
}

void tempfile_abort(struct tempfile *t)
{
	if (t->fp)
		fclose(t->fp);
	t->fp = NULL;
	if (t->path) {
		cleanup_block();
		unlink(t->path);
		forget(t);
		cleanup_unblock();
	}
	release(t);
}
