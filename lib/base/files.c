#include "base/files.h"

#include <fcntl.h>
#include <fts.h>
#include <ftw.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/process.h"
#include "base/sha256.h"

#define OPEN_DIRECTORIES 32

/* 0 or an error number. */
static int remove_entry(const FTSENT *entry)
{
	mode_t mode;
	int result;

	switch (entry->fts_info) {
	case FTS_D:
		/* So that it can be read and emptied, whatever somebody made of it. */
		mode = entry->fts_statp->st_mode & 07777;
		result = (mode & 0700) == 0700 ? 0 : chmod(entry->fts_accpath, mode | 0700);
		break;
	case FTS_DP:
		result = rmdir(entry->fts_accpath);
		break;
	case FTS_DNR:
	case FTS_NS:
	case FTS_ERR:
		errno = entry->fts_errno;
		result = -1;
		break;
	default:
		result = unlink(entry->fts_accpath);
	}
	return result && errno != ENOENT && errno != ENOTDIR ? errno : 0;
}

int remove_tree(const char *path)
{
	char *copy = xstrdup(path), *roots[] = { copy, NULL };
	/* It changes directory meanwhile: paths may be longer than the kernel takes. */
	FTS *tree = fts_open(roots, FTS_PHYSICAL, NULL);
	const FTSENT *entry;
	int error = tree ? 0 : errno;

	while (!error) {
		errno = 0;
		entry = fts_read(tree);
		error = entry ? remove_entry(entry) : errno;
		if (!entry)
			break;
	}
	if (tree)
		fts_close(tree);
	free(copy);
	return error ? error_set("cannot remove '%s': %s", path, strerror(error)) : 0;
}

int make_directories(const char *path)
{
	char *copy = xstrdup(path), *at = copy;
	int result = 0;

	while (!result && at) {
		at = strchr(at + 1, '/');
		if (at)
			*at = '\0';
		if (mkdir(copy, 0700) && errno != EEXIST)
			result = error_set("cannot make the folder '%s': %s", copy, strerror(errno));
		if (at)
			*at = '/';
	}
	free(copy);
	return result;
}

int copy_tree(const char *from, const char *to)
{
	struct process p = PROCESS_INIT;

	strvec_pushl(&p.args, "cp", "-a", "--reflink=auto", "-T", "--", from, to, NULL);
	strvec_push(&p.env, "LC_ALL=C");
	p.err = PROCESS_PIPE;
	return process_start(&p) || process_finish(&p) ? error_prefix("cannot copy '%s'", from) : 0;
}

/* nftw() hands nothing through. */
static struct strbuf *listing;

static int add_entry(const char *path, const struct stat *st, int type UNUSED, struct FTW *ftw UNUSED)
{
	/* Times of directories, too: a file that comes and goes leaves them. */
	strbuf_addf(listing, "%s%c%o %lld %lld.%09ld %lld.%09ld %llu\n", path, '\0', (unsigned)st->st_mode,
		    (long long)st->st_size, (long long)st->st_mtim.tv_sec, st->st_mtim.tv_nsec,
		    (long long)st->st_ctim.tv_sec, st->st_ctim.tv_nsec, (unsigned long long)st->st_ino);
	return 0;
}

/* The order is the file system's: the same as long as nothing changes. */
int tree_stamp(const char *path, char hex[SHA256_HEX_SIZE])
{
	struct strbuf text = STRBUF_INIT;
	int result = 0;

	listing = &text;
	if (nftw(path, add_entry, OPEN_DIRECTORIES, FTW_PHYS))
		result = error_set("cannot read '%s': %s", path, strerror(errno));
	listing = NULL;
	sha256_hex(text.buf, text.len, hex);
	strbuf_release(&text);
	return result;
}
