#include "base/strvec.h"

#include "base/strbuf.h"

char *strvec_empty[1];

void strvec_release(struct strvec *vec)
{
	for (size_t i = 0; i < vec->nr; i++)
		free(vec->v[i]);
	if (vec->alloc)
		free(vec->v);
	*vec = (struct strvec)STRVEC_INIT;
}

void strvec_push_owned(struct strvec *vec, char *text)
{
	if (!vec->alloc)
		vec->v = NULL;
	ALLOC_GROW(vec->v, vec->nr + 2, vec->alloc);
	vec->v[vec->nr++] = text;
	vec->v[vec->nr] = NULL;
}

void strvec_push(struct strvec *vec, const char *text)
{
	strvec_push_owned(vec, xstrdup(text));
}

void strvec_pushf(struct strvec *vec, const char *fmt, ...)
{
	struct strbuf text = STRBUF_INIT;
	va_list ap;

	va_start(ap, fmt);
	strbuf_vaddf(&text, fmt, ap);
	va_end(ap);
	strvec_push_owned(vec, strbuf_detach(&text, NULL));
}

void strvec_pushl(struct strvec *vec, ...)
{
	const char *text;
	va_list ap;

	va_start(ap, vec);
	while ((text = va_arg(ap, const char *)))
		strvec_push(vec, text);
	va_end(ap);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void strvec_sort_unique(struct strvec *vec)
{
	size_t kept = 0;

	if (!vec->nr)
		return;
	qsort(vec->v, vec->nr, sizeof(*vec->v), by_text);
	for (size_t i = 0; i < vec->nr; i++) {
		if (kept && !strcmp(vec->v[kept - 1], vec->v[i]))
			free(vec->v[i]);
		else
			vec->v[kept++] = vec->v[i];
	}
	vec->nr = kept;
	vec->v[kept] = NULL;
}
