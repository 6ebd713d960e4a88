#include "repo/object-dirs.h"

#include "base/strbuf.h"

/* As git: alternates of alternates, so deep. */
#define DEPTH_MAX 5
#define DIRS_MAX 64
#define FILE_LIMIT ((size_t)1 << 20)

static void add_dir(struct strvec *dirs, char *dir)
{
	bool known = dirs->nr >= DIRS_MAX;

	for (char **at = dirs->v; *at && !known; at++)
		known = !strcmp(*at, dir);
	if (known)
		free(dir);
	else
		strvec_push_owned(dirs, dir);
}

/* Cuts `list` at `delim`; relative folders are relative to `from`. */
static void add_list(struct strvec *dirs, const char *list, const char *delim, const char *from)
{
	while (*list) {
		size_t len = strcspn(list, delim);

		if (len && *list != '#' && *list != '"')
			add_dir(dirs, *list == '/' || !from ? xmemdupz(list, len)
							    : xstrfmt("%s/%.*s", from, (int)len, list));
		list += len;
		list += *list == *delim;
	}
}

static void add_alternates(struct strvec *dirs, const char *dir)
{
	struct strbuf text = STRBUF_INIT;
	char *file = xstrfmt("%s/info/alternates", dir);

	if (!access(file, R_OK) && strbuf_read_file(&text, file, FILE_LIMIT) > 0)
		add_list(dirs, text.buf, "\n", dir);
	free(file);
	strbuf_release(&text);
}

void object_dirs(struct strvec *dirs, const char *object_dir)
{
	const char *list = getenv("GIT_ALTERNATE_OBJECT_DIRECTORIES");
	size_t from = 0;

	strvec_push(dirs, object_dir);
	if (list)
		add_list(dirs, list, ":", NULL);
	for (int depth = 0; depth < DEPTH_MAX && from < dirs->nr; depth++) {
		size_t nr = dirs->nr;

		for (size_t i = from; i < nr; i++)
			add_alternates(dirs, dirs->v[i]);
		from = nr;
	}
}
