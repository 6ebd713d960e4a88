#include "store/dir.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "base/error.h"
#include "store/store.h"

/* So that a new folder survives a power cut; a file system that cannot is left alone. */
static void sync_parent(const char *path)
{
	char *parent = xstrfmt("%s/..", path);
	int fd = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
	free(parent);
}

static int make(const char *path)
{
	if (mkdir(path, 0700))
		return errno == EEXIST ? 0 : error_set("cannot make '%s': %s", path, strerror(errno));
	sync_parent(path);
	return 0;
}

static int refuse_owner(const char *path, const struct stat *st)
{
	return error_set("'%s' belongs to user %ld, not to you (%ld); run this as its owner, or move it away",
			 path, (long)st->st_uid, (long)geteuid());
}

int store_dir(const char *perf_dir, bool create)
{
	struct stat st;

	if (create && make(perf_dir))
		return -1;
	if (lstat(perf_dir, &st))
		return error_set("cannot use '%s': %s", perf_dir, strerror(errno));
	if (S_ISLNK(st.st_mode))
		return error_set("'%s' is a symbolic link; a real folder is wanted, since a link could lead "
				 "anywhere",
				 perf_dir);
	if (!S_ISDIR(st.st_mode))
		return error_set("'%s' is no folder; move it away", perf_dir);
	if (st.st_uid != geteuid())
		return refuse_owner(perf_dir, &st);
	if (st.st_mode & 022)
		return error_set("'%s' can be written to by others (mode %03o); look at what is in it, then: "
				 "chmod go-w '%s'",
				 perf_dir, (unsigned)(st.st_mode & 07777), perf_dir);
	return 0;
}

int dir_file(const char *path, bool create)
{
	int flags = O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK;
	struct stat st;
	int fd = create ? open(path, O_RDWR | O_CREAT | flags, 0600) : open(path, O_RDONLY | flags);
	int result = 0;

	/* One that is read-only is for SQLite to judge. */
	if (fd < 0 && create && (errno == EACCES || errno == EROFS))
		fd = open(path, O_RDONLY | flags);
	if (fd < 0)
		return error_set("cannot open '%s': %s", path,
				 errno == ELOOP ? "it is a symbolic link; a real file is wanted"
						: strerror(errno));
	if (fstat(fd, &st))
		result = error_set("cannot open '%s': %s", path, strerror(errno));
	else if (!S_ISREG(st.st_mode))
		result = error_set("'%s' is no regular file; move it away", path);
	else if (st.st_uid != geteuid())
		result = refuse_owner(path, &st);
	close(fd);
	return result;
}

/* Magic numbers of statfs(2); FUSE may be anything, and is taken for a network. */
static const unsigned long network_types[] = {
	0x6969,     /* NFS */
	0x517b,     /* SMB */
	0xfe534d42, /* SMB2 */
	0xff534d42, /* CIFS */
	0x01021997, /* 9P */
	0x5346414f, /* AFS */
	0x6b414653, /* AFS, as the kernel has it */
	0x65735546, /* FUSE */
	0x00c36400, /* Ceph */
	0x0bd00bd0, /* Lustre */
	0x47504653, /* GPFS */
	0x73757245, /* Coda */
	0x01161970, /* GFS2 */
	0x7461636f, /* OCFS2 */
};

bool dir_is_network(const char *path)
{
	const char *test = getenv("GIT_TEST_PERF_NETWORK");
	struct statfs fs;

	if (test && *test)
		return !strcmp(test, "1");
	if (statfs(path, &fs))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(network_types); i++)
		if (((unsigned long)fs.f_type & 0xffffffff) == network_types[i])
			return true;
	return false;
}
