#!/bin/sh

test_description='repo_tree_entry and repo_list_tree against git ls-tree'

. "$(dirname "$0")/test-lib.sh"

test_repo=$HELPER_PATH/test-repo

test_expect_success 'set up: every mode, deep folders, names that sort oddly' '
	test_create_repo main &&
	(
		cd main &&
		mkdir -p a/b/c/d/e a.b "a b" &&
		echo x >a/b/c/d/e/f &&
		echo x >a.b/x &&
		echo x >"a b/tab	newline
name" &&
		echo x >a0 &&
		echo x >a- &&
		echo run >run &&
		chmod +x run &&
		ln -s run link &&
		git add . &&
		git update-index --add --cacheinfo 160000,0123456789012345678901234567890123456789,module &&
		test_tick &&
		git commit -q -m one &&
		git tag -a -m text annotated &&
		git tag -a -m text nested annotated
	) &&
	git init -q --object-format=sha256 sha256 &&
	test_commit -C sha256 one folder/file &&
	git -C sha256 tag -a -m text annotated
'

for dir in main sha256
do
	test_expect_success "the whole tree, as git lists it ($dir)" '
		(
			cd '$dir' &&
			git ls-tree -r -z HEAD >../expect &&
			"$test_repo" ls-tree $(git rev-parse HEAD) >../actual &&
			test_cmp ../expect ../actual &&
			"$test_repo" ls-tree $(git rev-parse "HEAD^{tree}") >../actual &&
			test_cmp ../expect ../actual &&
			"$test_repo" ls-tree $(git rev-parse annotated) >../actual &&
			test_cmp ../expect ../actual
		)
	'
done

test_expect_success 'a tag of a tag leads to its tree' '
	(
		cd main &&
		git ls-tree -r -z HEAD >../expect &&
		"$test_repo" ls-tree $(git rev-parse nested) >../actual
	) &&
	test_cmp expect actual
'

test_expect_success 'every entry is found by its path' '
	(
		cd main &&
		git ls-tree -r -t -z HEAD >../entries &&
		perl -0 -ne "s/^(\\S+) \\S+ (\\S+)\\t.*/\$1 \$2/s; print \"\$_\\n\"" ../entries >../expect &&
		perl -0 -ne "s/^[^\\t]*\\t//; print" ../entries >../paths &&
		xargs -0 "$test_repo" entry $(git rev-parse HEAD) <../paths >../actual
	) &&
	test_line_count -gt 10 expect &&
	test_cmp expect actual
'

test_expect_success 'the empty path is the root' '
	(
		cd main &&
		echo "040000 $(git rev-parse "HEAD^{tree}")" >../expect &&
		"$test_repo" entry $(git rev-parse HEAD) "" >../actual
	) &&
	test_cmp expect actual
'

test_expect_success 'paths that are not there' '
	(
		cd main &&
		"$test_repo" entry $(git rev-parse HEAD) b a/ a/x a/b/c/d/e/f/g run/ run/x /a a//b link/x module/x . ..
	) >actual &&
	sort -u actual >kinds &&
	echo none >expect &&
	test_cmp expect kinds &&
	test_line_count = 12 actual
'

test_expect_success 'a blob is no tree' '
	blob=$(git -C main rev-parse HEAD:run) &&
	(cd main && test_expect_code 128 "$test_repo" ls-tree $blob) 2>actual &&
	echo "error: object $blob is no tree and leads to none" >expect &&
	test_cmp expect actual
'

test_expect_success 'malformed trees are refused' '
	(
		cd main &&
		for text in "100644 file\\0short" "100644 file" "100644" "x file\\0aaaaaaaaaaaaaaaaaaaa" \
			" file\\0aaaaaaaaaaaaaaaaaaaa" "100644 \\0aaaaaaaaaaaaaaaaaaaa" \
			"77777777777 file\\0aaaaaaaaaaaaaaaaaaaa"
		do
			tree=$(printf "$text" | git hash-object -t tree --literally -w --stdin) &&
			test_expect_code 128 "$test_repo" ls-tree $tree 2>err &&
			test_grep "^error: tree $tree is malformed" err &&
			test_expect_code 128 "$test_repo" entry $tree other 2>err &&
			test_grep "^error: tree $tree is malformed" err || exit 1
		done
	)
'

test_expect_success 'a tree that is deeper than any honest one is refused' '
	(
		cd main &&
		perl -MDigest::SHA=sha1 -e "
			my \$id = sha1(qq(tree 0\0));
			for my \$i (1 .. 1200) {
				my \$tree = qq(40000 d\0\$id);
				open(my \$out, q(>), qq(tree-\$i));
				print \$out \$tree;
				close(\$out);
				\$id = sha1(qq(tree ) . length(\$tree) . qq(\0\$tree));
			}
		" &&
		: >empty-tree &&
		git hash-object -t tree -w empty-tree &&
		test_write_lines $(seq 1200 | sed "s/^/tree-/") | git hash-object -t tree -w --stdin-paths >ids &&
		test_expect_code 128 "$test_repo" ls-tree $(tail -n 1 ids) 2>err &&
		test_grep "more than 1000 folders deep" err &&
		"$test_repo" ls-tree $(sed -n 900p ids) >out &&
		test_must_be_empty out
	)
'

test_expect_success 'a tree that a partial clone lacks is an error, not an empty folder' '
	git -C main config uploadpack.allowFilter true &&
	git -C main update-index --force-remove module &&
	git -C main commit -q -m "no module" &&
	git clone -q --bare --filter=tree:0 "file://$(pwd)/main" treeless.git &&
	(
		cd treeless.git &&
		id=$(git rev-parse HEAD) &&
		test_expect_code 128 "$test_repo" ls-tree $id 2>err &&
		test_grep "is missing from this partial clone; git fetch" err &&
		test_expect_code 128 "$test_repo" entry $id run 2>err &&
		test_grep "is missing from this partial clone" err
	)
'

test_done
