#include "unit.h"

#include <sys/stat.h>
#include <zlib.h>

#include "base/error.h"
#include "repo/objects.h"
#include "repo/pack.h"

/* Ids are not verified by the reader: these are easy to tell apart. */
#define ID_WHOLE 0x10
#define ID_OFS 0x20
#define ID_REF 0x30
#define ID_TREE 0x40
#define ID_EMPTY 0x50
#define ID_ABSENT 0x60
#define NR_IDS 5

#define WHOLE "the quick brown fox jumps over the lazy dog\n"
#define OFS "the quick brown cat\n"
#define REF "the quick brown cat!\n"

struct files {
	struct strbuf index;
	struct strbuf data;
};

static char *folder;

static void add_be32(struct strbuf *out, uint32_t n)
{
	unsigned char bytes[4] = { n >> 24, n >> 16 & 255, n >> 8 & 255, n & 255 };

	strbuf_add(out, bytes, sizeof(bytes));
}

static struct oid id_of(unsigned char first)
{
	struct oid id = { .raw = { first } };

	return id;
}

static void add_id(struct strbuf *out, unsigned char first)
{
	struct oid id = id_of(first);

	strbuf_add(out, id.raw, OID_RAW_SHA1);
}

/* An object's head for sizes below 2^11; then `middle`, then `text` compressed. */
static size_t add_object(struct strbuf *out, unsigned type, const struct strbuf *middle, const char *text,
			 size_t len)
{
	size_t at = out->len;
	unsigned char packed[512];
	uLongf packed_len = sizeof(packed);

	strbuf_addch(out, (char)(0x80 | type << 4 | (len & 15)));
	strbuf_addch(out, (char)(len >> 4));
	if (middle)
		strbuf_add(out, middle->buf, middle->len);
	assert_int_equal(compress(packed, &packed_len, (const Bytef *)text, len), Z_OK);
	strbuf_add(out, packed, packed_len);
	return at;
}

static void add_data(struct strbuf *out, size_t offsets[NR_IDS])
{
	static const char ofs_delta[] = "\x2c\x14\x90\x10\x04"
					"cat\n";
	static const char ref_delta[] = "\x14\x15\x90\x13\x02"
					"!\n";
	struct strbuf middle = STRBUF_INIT;

	strbuf_addstr(out, "PACK");
	add_be32(out, 2);
	add_be32(out, NR_IDS);
	offsets[0] = add_object(out, 3, NULL, WHOLE, strlen(WHOLE));
	strbuf_addch(&middle, (char)(out->len - offsets[0]));
	offsets[1] = add_object(out, 6, &middle, ofs_delta, sizeof(ofs_delta) - 1);
	strbuf_reset(&middle);
	add_id(&middle, ID_OFS);
	offsets[2] = add_object(out, 7, &middle, ref_delta, sizeof(ref_delta) - 1);
	offsets[3] = add_object(out, 2, NULL, "tree", 4);
	offsets[4] = add_object(out, 3, NULL, "", 0);
	strbuf_addchars(out, '\0', OID_RAW_SHA1);
	strbuf_release(&middle);
}

/* The third offset goes the way of those above 2^31. */
static void add_index(struct strbuf *out, const size_t offsets[NR_IDS])
{
	add_be32(out, 0xff744f63);
	add_be32(out, 2);
	for (unsigned first = 0; first < 256; first++)
		add_be32(out, first / 16 < NR_IDS ? first / 16 : NR_IDS);
	for (unsigned i = 0; i < NR_IDS; i++)
		add_id(out, (unsigned char)(ID_WHOLE * (i + 1)));
	strbuf_addchars(out, '\0', NR_IDS * 4);
	for (unsigned i = 0; i < NR_IDS; i++)
		add_be32(out, i == 2 ? 0x80000000 : (uint32_t)offsets[i]);
	add_be32(out, 0);
	add_be32(out, (uint32_t)offsets[2]);
	strbuf_addchars(out, '\0', 2 * OID_RAW_SHA1);
}

static void make_files(struct files *files)
{
	size_t offsets[NR_IDS];

	*files = (struct files){ .index = STRBUF_INIT, .data = STRBUF_INIT };
	add_data(&files->data, offsets);
	add_index(&files->index, offsets);
}

static void release_files(struct files *files)
{
	strbuf_release(&files->index);
	strbuf_release(&files->data);
}

static void write_file(const char *name, const struct strbuf *text)
{
	char *path = xstrfmt("%s/pack/%s", folder, name);
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(text->buf, 1, text->len, f), text->len);
	assert_int_equal(fclose(f), 0);
	free(path);
}

static struct pack_source *open_files(const struct files *files)
{
	write_file("pack-1.idx", &files->index);
	write_file("pack-1.pack", &files->data);
	return pack_source_open(folder, OID_RAW_SHA1);
}

static void assert_object(struct pack_source *s, unsigned char first, enum object_kind kind, const char *text)
{
	struct oid id = id_of(first);
	struct object object;

	assert_int_equal(pack_source_read(s, &id, &object), 0);
	assert_int_equal(object.kind, kind);
	assert_int_equal(object.size, strlen(text));
	assert_memory_equal(object.data, text, strlen(text) + 1);
}

static void test_every_kind_of_entry(void **state UNUSED)
{
	struct oid absent = id_of(ID_ABSENT);
	struct object object;
	struct files files;
	struct pack_source *s;

	make_files(&files);
	s = open_files(&files);
	/* Twice: from the pack, then from what is remembered. */
	for (int i = 0; i < 2; i++) {
		assert_object(s, ID_REF, OBJECT_BLOB, REF);
		assert_object(s, ID_OFS, OBJECT_BLOB, OFS);
		assert_object(s, ID_WHOLE, OBJECT_BLOB, WHOLE);
		assert_object(s, ID_TREE, OBJECT_TREE, "tree");
		assert_object(s, ID_EMPTY, OBJECT_BLOB, "");
		assert_int_equal(pack_source_read(s, &absent, &object), 1);
	}
	pack_source_close(s);
	release_files(&files);
}

static void test_no_packs(void **state UNUSED)
{
	struct oid id = id_of(ID_WHOLE);
	struct object object;
	struct pack_source *s = pack_source_open("/nonexistent", OID_RAW_SHA1);

	assert_int_equal(pack_source_read(s, &id, &object), 1);
	pack_source_close(s);
}

/* Reads all there is; whatever the answers are, none may reach beyond memory. */
static void read_all(const struct files *files)
{
	struct pack_source *s = open_files(files);

	for (int first = 0; first < 256; first += 16) {
		struct oid id = id_of((unsigned char)first);
		struct object object;

		if (!pack_source_read(s, &id, &object)) {
			assert_int_not_equal(object.kind, OBJECT_NONE);
			assert_int_equal(object.data[object.size], '\0');
		}
	}
	pack_source_close(s);
}

static void test_every_damaged_byte(void **state UNUSED)
{
	static const unsigned char flips[] = { 0x01, 0x80, 0xff };
	struct files files;

	make_files(&files);
	for (int which = 0; which < 2; which++) {
		struct strbuf *file = which ? &files.index : &files.data;

		for (size_t at = 0; at < file->len; at++) {
			/* The inner part of the fan-out table is dull. */
			if (which && at > 100 && at < 1000 && at % 16)
				continue;
			for (size_t k = 0; k < ARRAY_SIZE(flips); k++) {
				file->buf[at] = (char)(file->buf[at] ^ flips[k]);
				read_all(&files);
				file->buf[at] = (char)(file->buf[at] ^ flips[k]);
			}
		}
	}
	release_files(&files);
}

static void test_every_truncation(void **state UNUSED)
{
	struct files files;

	make_files(&files);
	while (files.data.len > 0) {
		strbuf_setlen(&files.data, files.data.len - 1);
		read_all(&files);
	}
	release_files(&files);
	make_files(&files);
	while (files.index.len > 1000) {
		strbuf_setlen(&files.index, files.index.len - 1);
		read_all(&files);
	}
	release_files(&files);
}

/* A delta whose base is itself, by name. */
static void test_a_circle_of_deltas_ends(void **state UNUSED)
{
	struct oid id = id_of(ID_REF);
	struct object object;
	struct files files;
	struct pack_source *s;
	char *base;

	make_files(&files);
	base = memmem(files.data.buf, files.data.len, id_of(ID_OFS).raw, OID_RAW_SHA1);
	assert_non_null(base);
	*base = (char)ID_REF;
	s = open_files(&files);
	assert_int_equal(pack_source_read(s, &id, &object), -1);
	assert_object(s, ID_OFS, OBJECT_BLOB, OFS);
	pack_source_close(s);
	release_files(&files);
}

/* The base has 44 bytes; this delta was made for one of 43. */
static void test_a_delta_for_another_base_is_refused(void **state UNUSED)
{
	static const char delta[] = "\x2b\x04\x90\x04";
	struct oid id = id_of(ID_OFS);
	struct strbuf middle = STRBUF_INIT;
	size_t offsets[NR_IDS] = { 0 };
	struct object object;
	struct files files = { .index = STRBUF_INIT, .data = STRBUF_INIT };
	struct pack_source *s;

	strbuf_addstr(&files.data, "PACK");
	add_be32(&files.data, 2);
	add_be32(&files.data, NR_IDS);
	offsets[0] = add_object(&files.data, 3, NULL, WHOLE, strlen(WHOLE));
	strbuf_addch(&middle, (char)(files.data.len - offsets[0]));
	offsets[1] = add_object(&files.data, 6, &middle, delta, sizeof(delta) - 1);
	strbuf_addchars(&files.data, '\0', OID_RAW_SHA1);
	add_index(&files.index, offsets);
	s = open_files(&files);
	assert_int_equal(pack_source_read(s, &id, &object), -1);
	assert_object(s, ID_WHOLE, OBJECT_BLOB, WHOLE);
	pack_source_close(s);
	strbuf_release(&middle);
	release_files(&files);
}

/* A head that promises more than its bytes can inflate to must cost no memory. */
static void test_a_size_beyond_the_pack_is_refused(void **state UNUSED)
{
	struct pack_entry entry;
	struct files files;
	struct pack pack;
	char *path = xstrfmt("%s/pack/pack-1.idx", folder);

	make_files(&files);
	memcpy(files.data.buf + 12, "\xb0\x80\x80\x01", 4);
	pack_source_close(open_files(&files));
	assert_int_equal(pack_open(&pack, path, OID_RAW_SHA1), 0);
	assert_int_equal(pack_entry_at(&pack, 12, &entry), -1);
	pack_close(&pack);
	free(path);
	release_files(&files);
}

static int set_up(void **state UNUSED)
{
	const char *tmp = getenv("TMPDIR");
	char *packs;

	folder = xstrfmt("%s/test-pack-XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(folder))
		return -1;
	packs = xstrfmt("%s/pack", folder);
	if (mkdir(packs, 0700))
		return -1;
	free(packs);
	return 0;
}

static int tear_down(void **state UNUSED)
{
	static const char *const names[] = { "pack/pack-1.idx", "pack/pack-1.pack", "pack", "." };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		char *path = xstrfmt("%s/%s", folder, names[i]);

		if (i < 2)
			unlink(path);
		else
			rmdir(i == 2 ? path : folder);
		free(path);
	}
	free(folder);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_kind_of_entry),
		cmocka_unit_test(test_no_packs),
		cmocka_unit_test(test_every_damaged_byte),
		cmocka_unit_test(test_every_truncation),
		cmocka_unit_test(test_a_circle_of_deltas_ends),
		cmocka_unit_test(test_a_delta_for_another_base_is_refused),
		cmocka_unit_test(test_a_size_beyond_the_pack_is_refused),
	};

	return cmocka_run_group_tests_name("pack", tests, set_up, tear_down);
}
