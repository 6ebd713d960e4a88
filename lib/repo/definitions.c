#include "repo/definitions.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "base/error.h"
#include "repo/definitions-cache.h"
#include "repo/definitions-image.h"
#include "repo/objects.h"

struct definitions {
	struct map map;
	struct image image;
	double seconds;
};

struct definitions_work {
	/* From the cache; NULL while a child makes it. */
	struct definitions *ready;
	pid_t child;
	/* What the child writes the image to, and the pipe on which it tells how far it is, or what failed. */
	int fd, pipe;
};

/* On the pipe: percents; a byte that is none begins a sentence. */
#define SENTENCE '\xff'

static void tell_percent(size_t percent, void *data)
{
	const int *pipe = data;
	char byte = (char)percent;
	ssize_t written UNUSED = write(*pipe, &byte, 1);
}

static int write_all(int fd, const char *data, size_t len)
{
	while (len) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return error_set("cannot write the index of functions: %s", strerror(errno));
		data += n;
		len -= (size_t)n;
	}
	return 0;
}

static int make_and_keep(struct repo *repo, const struct oid *tree, int fd, int pipe)
{
	struct strbuf out = STRBUF_INIT;
	struct map map = { NULL, 0 };
	struct image older;
	bool has_older = cache_open_last(repo, &map, &older);
	int ret = image_make(repo, tree, has_older ? &older : NULL, tell_percent, &pipe, &out);

	map_release(&map);
	if (!ret)
		ret = write_all(fd, out.buf, out.len);
	if (!ret)
		cache_keep(repo, tree, fd);
	strbuf_release(&out);
	return ret;
}

/* The child shares no stream and no process with its parent, and does not outlive it. */
static void leave_parent(struct repo *repo, pid_t parent)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(1);
	for (int fd = 0; fd <= 2 && null >= 0; fd++)
		dup2(null, fd);
	repo_forked(repo);
}

static NORETURN void be_child(struct repo *repo, const struct oid *tree, int fd, int pipe, pid_t parent)
{
	leave_parent(repo, parent);
	if (!make_and_keep(repo, tree, fd, pipe))
		_exit(0);
	if (!write_all(pipe, (const char[]){ SENTENCE }, 1) &&
	    !write_all(pipe, error_message(), strlen(error_message())))
		_exit(1);
	_exit(2);
}

static int start_child(struct repo *repo, const struct oid *tree, struct definitions_work *work)
{
	pid_t parent = getpid();
	int ends[2];

	work->fd = cache_file(repo);
	if (work->fd < 0)
		return -1;
	if (pipe2(ends, O_CLOEXEC))
		return error_set("cannot make a pipe: %s", strerror(errno));
	work->pipe = ends[0];
	work->child = fork();
	if (!work->child)
		be_child(repo, tree, work->fd, ends[1], parent);
	close(ends[1]);
	return work->child < 0 ? error_set("cannot start a process: %s", strerror(errno)) : 0;
}

static struct definitions *from_cache(struct repo *repo, const struct oid *tree)
{
	struct definitions *definitions = xcalloc(1, sizeof(*definitions));

	if (cache_open(repo, tree, &definitions->map, &definitions->image))
		return definitions;
	free(definitions);
	return NULL;
}

int definitions_start(struct repo *repo, const struct oid *commit, struct definitions_work **out)
{
	struct definitions_work *work;
	struct oid tree;
	unsigned mode;

	*out = NULL;
	if (repo_tree_entry(repo, commit, "", &tree, &mode))
		return -1;
	work = xcalloc(1, sizeof(*work));
	work->fd = work->pipe = -1;
	work->ready = from_cache(repo, &tree);
	if (!work->ready && start_child(repo, &tree, work)) {
		definitions_cancel(work);
		return -1;
	}
	*out = work;
	return 0;
}

bool definitions_ready(const struct definitions_work *work)
{
	return work->ready;
}

static void work_free(struct definitions_work *work)
{
	if (work->fd >= 0)
		close(work->fd);
	if (work->pipe >= 0)
		close(work->pipe);
	free(work);
}

/* Reads what the child tells until its end; what failed into `sentence`. */
static void listen(struct definitions_work *work, definitions_progress_fn *fn, void *data,
		   struct strbuf *sentence)
{
	char bytes[256];
	bool failed = false;
	ssize_t n;

	while ((n = read(work->pipe, bytes, sizeof(bytes))) > 0 || (n < 0 && errno == EINTR)) {
		for (ssize_t i = 0; i < n; i++) {
			if (failed)
				strbuf_addch(sentence, bytes[i]);
			else if (bytes[i] == SENTENCE)
				failed = true;
			else if (fn)
				fn((size_t)bytes[i], data);
		}
	}
}

static int take_image(struct definitions_work *work, double seconds, struct definitions **out)
{
	struct definitions *definitions = xcalloc(1, sizeof(*definitions));

	definitions->seconds = seconds;
	if (!map_fd(&definitions->map, work->fd) &&
	    image_open(&definitions->image, definitions->map.data, definitions->map.len)) {
		*out = definitions;
		return 0;
	}
	definitions_close(definitions);
	return error_set("the index of functions is damaged");
}

static double cpu_seconds(const struct rusage *usage)
{
	return (double)(usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) +
	       (double)(usage->ru_utime.tv_usec + usage->ru_stime.tv_usec) / 1e6;
}

int definitions_finish(struct definitions_work *work, definitions_progress_fn *fn, void *data,
		       struct definitions **definitions)
{
	struct strbuf sentence = STRBUF_INIT;
	struct rusage usage;
	int status = 0, ret = 0;

	*definitions = work->ready;
	if (!work->ready) {
		listen(work, fn, data, &sentence);
		while (wait4(work->child, &status, 0, &usage) < 0 && errno == EINTR)
			;
		if (sentence.len)
			ret = error_set("%s", sentence.buf);
		else if (status)
			ret = error_set("the child that indexes functions died");
		else
			ret = take_image(work, cpu_seconds(&usage), definitions);
	}
	strbuf_release(&sentence);
	work_free(work);
	return ret;
}

void definitions_cancel(struct definitions_work *work)
{
	if (!work)
		return;
	if (work->child > 0) {
		kill(work->child, SIGKILL);
		while (waitpid(work->child, NULL, 0) < 0 && errno == EINTR)
			;
	}
	definitions_close(work->ready);
	work_free(work);
}

void definitions_close(struct definitions *definitions)
{
	if (!definitions)
		return;
	map_release(&definitions->map);
	free(definitions);
}

double definitions_seconds(const struct definitions *definitions)
{
	return definitions->seconds;
}

size_t definitions_files(const struct definitions *definitions)
{
	return definitions->image.header->nfiles;
}

size_t definitions_missing(const struct definitions *definitions)
{
	return definitions->image.header->nmissing;
}

/* The functions [from, to) of a list of the image, the first `max` of them told. */
static size_t tell(const struct image *image, const uint32_t *list, uint32_t from, uint32_t to,
		   struct definition *out, size_t max)
{
	for (uint32_t i = from; i < to && i - from < max; i++) {
		const struct image_function *f = &image->functions[list[i]];

		out[i - from] = (struct definition){ .name = image->texts + image->names[f->name],
						     .path = image->texts + image->paths[f->file],
						     .line = f->line_flags >> IMAGE_FLAG_BITS,
						     .flags = f->line_flags & ((1u << IMAGE_FLAG_BITS) - 1) };
	}
	return to - from;
}

size_t definitions_find(const struct definitions *definitions, const char *name, size_t len,
			struct definition *places, size_t max)
{
	const struct image *image = &definitions->image;
	ssize_t id = image_name(image, name, len);

	if (id < 0)
		return 0;
	return tell(image, image->definers, image->defined[id], image->defined[id + 1], places, max);
}

size_t definitions_callers(const struct definitions *definitions, const char *name, size_t len,
			   struct definition *callers, size_t max)
{
	const struct image *image = &definitions->image;
	ssize_t id = image_name(image, name, len);

	if (id < 0)
		return 0;
	return tell(image, image->callers, image->called[id], image->called[id + 1], callers, max);
}
