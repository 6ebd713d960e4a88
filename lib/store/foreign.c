#include "store/foreign-private.h"

#include <ctype.h>

#include "base/error.h"
#include "base/strbuf.h"

#define PORT_MAX 65535

/*
 * What follows "csv://" or "sqlite://". Three slashes begin the name of a file
 * that may be meant from the root or, as SQLAlchemy has it, from here.
 */
static char *path_of(const char *rest)
{
	if (starts_with(rest, "//"))
		return xstrdup(rest + 1);
	if (*rest == '/' && access(rest, F_OK) && rest[1] && !access(rest + 1, F_OK))
		return xstrdup(rest + 1);
	return xstrdup(rest);
}

static int open_path(struct foreign *foreign, const char *rest,
		     int (*open)(struct foreign *foreign, const char *path))
{
	char *path = path_of(rest);
	int result = *path ? open(foreign, path) : error_set("'%s' names no file", foreign->name);

	free(path);
	return result;
}

static int hex(char c)
{
	return isdigit((unsigned char)c) ? c - '0' : isxdigit((unsigned char)c) ? (c | 0x20) - 'a' + 10 : -1;
}

/* `len` bytes with their %XX, or NULL when a NUL or a newline hides there. */
static char *decode(const char *text, size_t len)
{
	struct strbuf out = STRBUF_INIT;

	for (size_t i = 0; i < len; i++) {
		int c = (unsigned char)text[i];

		if (c == '%' && i + 2 < len && hex(text[i + 1]) >= 0 && hex(text[i + 2]) >= 0) {
			c = hex(text[i + 1]) * 16 + hex(text[i + 2]);
			i += 2;
		}
		if (c < 0x20) {
			strbuf_release(&out);
			return NULL;
		}
		strbuf_addch(&out, (char)c);
	}
	return strbuf_detach(&out, NULL);
}

static void server_release(struct foreign_server *server)
{
	free(server->host);
	free(server->user);
	free(server->database);
}

static int parse_port(const char *text, size_t len, unsigned *port)
{
	unsigned long number = 0;

	if (!len || len > 5 || strspn(text, "0123456789") < len)
		return -1;
	for (size_t i = 0; i < len; i++)
		number = number * 10 + (unsigned long)(text[i] - '0');
	*port = (unsigned)number;
	return number && number <= PORT_MAX ? 0 : -1;
}

/* "user@host:port/db"; an IPv6 address stands in brackets. */
static int parse_server(const char *rest, struct foreign_server *server)
{
	const char *slash = strrchr(rest, '/');
	const char *at = slash ? memrchr(rest, '@', (size_t)(slash - rest)) : NULL;
	const char *host, *end, *colon;

	if (!at || at == rest || !slash[1])
		return -1;
	host = at + 1;
	end = *host == '[' ? memchr(host, ']', (size_t)(slash - host)) : NULL;
	colon = memchr(end ? end : host, ':', (size_t)(slash - (end ? end : host)));
	if (colon && parse_port(colon + 1, (size_t)(slash - colon) - 1, &server->port))
		return -1;
	if (end)
		host++;
	else
		end = colon ? colon : slash;
	server->user = decode(rest, (size_t)(at - rest));
	server->host = decode(host, (size_t)(end - host));
	server->database = decode(slash + 1, strlen(slash + 1));
	return server->user && server->database && server->host && *server->host ? 0 : -1;
}

static int open_server(struct foreign *foreign, const char *rest)
{
	struct foreign_server server = { .host = NULL };
	const char *at = strrchr(rest, '@');
	int result;

	if (at && memchr(rest, ':', (size_t)(at - rest))) {
		/* Nor is it to be repeated by a message. */
		free(foreign->name);
		foreign->name = xstrfmt("mysql://...%s", at);
		return error_set("'%s' has a password in it, which others can read; leave it out, it is asked of "
				 "git credential",
				 foreign->name);
	}
	if (parse_server(rest, &server))
		result = error_set("'%s' is no mysql://user@host:port/database", foreign->name);
	else
		result = foreign_open_mysql(foreign, &server);
	server_release(&server);
	return result;
}

static int open_by_kind(struct foreign *foreign, const char *url, struct store *ours)
{
	const char *rest = strstr(url, "://");

	if (!strcmp(url, "store"))
		return ours ? foreign_open_store(foreign, ours) : error_set("there is no store of ours here");
	if (!rest)
		return open_path(foreign, url, foreign_open_csv);
	rest += strlen("://");
	if (starts_with(url, "csv://"))
		return open_path(foreign, rest, foreign_open_csv);
	if (starts_with(url, "sqlite://"))
		return open_path(foreign, rest, foreign_open_sqlite);
	if (starts_with(url, "mysql://"))
		return open_server(foreign, rest);
	return error_set("'%s' is no result store: expected store, csv:///dir, sqlite:///file or "
			 "mysql://user@host:port/database",
			 url);
}

int foreign_open(struct foreign **foreign, const char *url, struct store *ours)
{
	*foreign = xcalloc(1, sizeof(**foreign));
	(*foreign)->name = xstrdup(url);
	if (!open_by_kind(*foreign, url, ours))
		return 0;
	foreign_close(*foreign);
	*foreign = NULL;
	return -1;
}

void foreign_close(struct foreign *foreign)
{
	if (!foreign)
		return;
	if (foreign->kind)
		foreign->kind->close(foreign);
	free(foreign->name);
	free(foreign);
}

void foreign_swprofile_release(struct foreign_swprofile *swprofile)
{
	free(swprofile->id);
	free(swprofile->kernel_name);
	free(swprofile->kernel_git_sha);
	free(swprofile->userspace);
	free(swprofile->cmdline);
	free(swprofile->sysctl);
	free(swprofile->bootscript);
	*swprofile = (struct foreign_swprofile)FOREIGN_SWPROFILE_INIT;
}

void foreign_benchmark_release(struct foreign_benchmark *benchmark)
{
	free(benchmark->id);
	free(benchmark->suite);
	free(benchmark->name);
	free(benchmark->type);
	free(benchmark->image);
	*benchmark = (struct foreign_benchmark)FOREIGN_BENCHMARK_INIT;
}

void foreign_sut_release(struct foreign_sut *sut)
{
	free(sut->id);
	free(sut->name);
	*sut = (struct foreign_sut)FOREIGN_SUT_INIT;
}

static const char *const compared[] = { "userspace", "cmdline", "sysctl", "bootscript" };

const char *foreign_profile_field(const struct foreign_swprofile *swprofile, const char *name)
{
	const char *const fields[] = { swprofile->userspace, swprofile->cmdline, swprofile->sysctl,
				       swprofile->bootscript };

	for (size_t i = 0; i < ARRAY_SIZE(compared); i++)
		if (!strcmp(compared[i], name))
			return fields[i];
	BUG("a software profile has no field '%s' to compare", name);
}

static bool same_text(const char *a, const char *b)
{
	static const char blank[] = " \t\r\n";
	size_t na, nb;

	a += strspn(a, blank);
	b += strspn(b, blank);
	na = strlen(a);
	nb = strlen(b);
	while (na && strchr(blank, a[na - 1]))
		na--;
	while (nb && strchr(blank, b[nb - 1]))
		nb--;
	return na == nb && !memcmp(a, b, na);
}

const char *foreign_profiles_differ(const struct foreign_swprofile *a, const struct foreign_swprofile *b)
{
	for (size_t i = 0; i < ARRAY_SIZE(compared); i++)
		if (!same_text(foreign_profile_field(a, compared[i]), foreign_profile_field(b, compared[i])))
			return compared[i];
	return NULL;
}
