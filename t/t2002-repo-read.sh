#!/bin/sh

test_description='repo_read: every object as git itself reads it, from every kind of repository'

. "$(dirname "$0")/test-lib.sh"

test_repo=$HELPER_PATH/test-repo

# expect_same_objects <dir>: all objects that are reachable there are read as
# git cat-file reads them, through libgit2 and through the plumbing.
expect_same_objects() {
	git -C "$1" rev-list --all --reflog --objects --no-object-names >ids &&
	git -C "$1" for-each-ref --format="%(objectname)" >>ids &&
	test -s ids &&
	git -C "$1" cat-file --batch <ids >expect.text &&
	perl -e "$with_nul" <expect.text >expect &&
	(cd "$1" && "$test_repo" read) <ids >actual &&
	cmp expect actual &&
	(cd "$1" && GIT_TEST_PERF_PLUMBING=1 "$test_repo" read) <ids >actual &&
	cmp expect actual
}

# The helper prints the NUL that ends each object as well.
with_nul='
	binmode STDIN; binmode STDOUT;
	while (defined(my $line = <STDIN>)) {
		print $line;
		my ($size) = $line =~ /^\S+ \S+ (\d+)$/ or next;
		read(STDIN, my $data, $size + 1) == $size + 1 or die "short";
		chop($data);
		print "$data\0\n";
	}
'

test_expect_success 'set up: every kind of object, with NUL bytes, empty, packed in deltas' '
	test_create_repo main &&
	(
		cd main &&
		test_commit one folder/file "$(test_write_lines $(seq 1000))" &&
		test_commit two folder/file "$(test_write_lines $(seq 1010))" &&
		printf "a\\0b\\n\\0" >nul &&
		: >empty &&
		git add nul empty &&
		test_tick &&
		git commit -q -m three &&
		git tag -a -m "a tag" annotated &&
		git tag -a -m "a tag of a tag" nested annotated &&
		git checkout -q -b side one &&
		test_commit side &&
		git checkout -q main &&
		test_merge merge side
	) &&
	here=$(pwd -P)
'

test_expect_success 'loose objects' '
	expect_same_objects main
'

test_expect_success 'packed objects' '
	git clone -q --bare main packed.git &&
	git -C packed.git repack -q -a -d -f --depth=50 &&
	expect_same_objects packed.git
'

test_expect_success 'packed objects whose deltas name their bases, and several packs' '
	git clone -q --bare main named.git &&
	git -C named.git -c repack.useDeltaBaseOffset=false repack -q -a -d -f --depth=50 &&
	test_tick &&
	git -C named.git commit-tree -p main -m more "main^{tree}" >more &&
	git -C named.git update-ref refs/heads/more "$(cat more)" &&
	git -C named.git repack -q -d &&
	ls named.git/objects/pack/*.pack >packs &&
	test_line_count = 2 packs &&
	expect_same_objects named.git
'

test_expect_success 'packed objects beyond what 32 bits can address' '
	git clone -q --bare packed.git large.git &&
	(
		cd large.git &&
		pack=$(echo objects/pack/*.pack) &&
		mv $pack pack &&
		rm -f objects/pack/* &&
		git index-pack --index-version=2,0x40 --stdin <pack >name &&
		test_path_is_file objects/pack/pack-$(cut -f2 name).idx
	) &&
	expect_same_objects large.git
'

test_expect_success 'objects under a multi-pack index' '
	git clone -q --bare main midx.git &&
	(
		cd midx.git &&
		git repack -q &&
		test_tick &&
		git commit-tree -m more "main^{tree}" >more &&
		git update-ref refs/heads/more "$(cat more)" &&
		git repack -q &&
		git multi-pack-index write
	) &&
	expect_same_objects midx.git
'

test_expect_success 'objects of a linked work tree' '
	git -C main worktree add -q ../linked one &&
	expect_same_objects linked
'

test_expect_success 'objects of alternates, from the file and from the environment' '
	git clone -q --bare --shared main shared.git &&
	test_path_is_file shared.git/objects/info/alternates &&
	expect_same_objects shared.git &&
	rm shared.git/objects/info/alternates &&
	(
		GIT_ALTERNATE_OBJECT_DIRECTORIES="$here/packed.git/objects:$here/main/.git/objects" &&
		export GIT_ALTERNATE_OBJECT_DIRECTORIES &&
		expect_same_objects shared.git &&
		rm -f trace &&
		(cd shared.git && GIT_TRACE_PERF_RUN="$here/trace" "$test_repo" read) <ids >actual &&
		cmp expect actual &&
		test_grep ! cat-file trace
	)
'

test_expect_success 'objects of GIT_OBJECT_DIRECTORY' '
	(
		GIT_OBJECT_DIRECTORY="$here/main/.git/objects" &&
		export GIT_OBJECT_DIRECTORY &&
		expect_same_objects shared.git
	)
'

test_expect_success 'objects of a shallow clone' '
	git clone -q --depth=2 "file://$here/main" shallow &&
	expect_same_objects shallow
'

test_expect_success 'objects of a SHA-256 repository' '
	git init -q --object-format=sha256 sha256 &&
	test_commit -C sha256 one folder/file &&
	git -C sha256 tag -a -m text annotated &&
	expect_same_objects sha256
'

test_expect_success 'objects of a repository that nobody may write to' '
	test_when_finished "chmod -R u+w packed.git" &&
	chmod -R a-w packed.git &&
	expect_same_objects packed.git
'

test_expect_success 'replaced objects, in a chain' '
	git clone -q --bare main replaced.git &&
	git -C replaced.git rev-parse two >ids &&
	git -C replaced.git replace two one &&
	git -C replaced.git replace one side &&
	expect_same_objects replaced.git &&
	two=$(git -C main rev-parse two) &&
	echo $two >id &&
	git -C main cat-file commit side >expect &&
	(cd replaced.git && "$test_repo" read <../id) >read &&
	sed 1d read | tr -d "\\0" | sed \$d >actual &&
	test_cmp expect actual
'

test_expect_success 'replacement is off where git has it off' '
	git -C replaced.git config core.useReplaceRefs false &&
	expect_same_objects replaced.git &&
	git -C replaced.git config --unset core.useReplaceRefs &&
	(
		GIT_NO_REPLACE_OBJECTS=1 &&
		export GIT_NO_REPLACE_OBJECTS &&
		expect_same_objects replaced.git
	)
'

test_expect_success 'a missing object is told from an error' '
	echo 0123456789012345678901234567890123456789 >ids &&
	sed "s/\$/ missing/" ids >expect &&
	(cd main && "$test_repo" read) <ids >actual &&
	test_cmp expect actual &&
	(cd main && GIT_TEST_PERF_PLUMBING=1 "$test_repo" read) <ids >actual &&
	test_cmp expect actual
'

# What is not there is fetched neither one by one nor at all.
for plumbing in 0 1
do
	test_expect_success "a partial clone's blobs are missing, and stay so (plumbing $plumbing)" '
		rm -rf partial.git &&
		git -C main config uploadpack.allowFilter true &&
		git clone -q --bare --filter=blob:none "file://$here/main" partial.git &&
		git -C partial.git rev-list --all --objects --missing=print >list &&
		sed -n "s/^?//p" list >ids &&
		test_line_count -gt 3 ids &&
		sed "s/\$/ missing/" ids >expect &&
		git -C main rev-parse two >>ids &&
		ls partial.git/objects/pack >before &&
		(
			cd partial.git &&
			GIT_TEST_PERF_PLUMBING='$plumbing' "$test_repo" read
		) <ids >read 2>err &&
		test_must_be_empty err &&
		grep -a missing read >actual &&
		test_cmp expect actual &&
		test_grep -a "^$(git -C main rev-parse two) commit" read &&
		ls partial.git/objects/pack >after &&
		test_cmp before after
	'
done

test_expect_success 'a bare pack with a promisor mark, without any configuration, needs no plumbing' '
	mkdir -p plain.git/objects plain.git/refs &&
	cp -r partial.git/objects/pack plain.git/objects/ &&
	cp partial.git/HEAD partial.git/packed-refs plain.git/ &&
	(cd plain.git && "$test_repo" open) >facts &&
	test_grep "^partial 1" facts &&
	test_grep "^plumbing 0" facts &&
	git -C main rev-parse two "two^{tree}" two:folder/file >ids &&
	rm -f trace &&
	(cd plain.git && GIT_TRACE_PERF_RUN="$here/trace" "$test_repo" read) <ids >read &&
	grep -a -c missing read >actual &&
	echo 1 >expect &&
	test_cmp expect actual &&
	test_grep ! cat-file trace
'

test_expect_success 'a damaged pack is no trouble where a good copy lies beside it' '
	git clone -q --bare main damaged.git &&
	(
		cd damaged.git &&
		git repack -q -a -d &&
		id=$(git rev-parse two:folder/file) &&
		git cat-file blob $id >content &&
		pack=$(echo objects/pack/*.pack) &&
		git verify-pack -v $pack >list &&
		at=$(awk "\$1 == \"$id\" { print \$5 }" list) &&
		chmod u+w $pack &&
		printf XXXXXXXX | dd of=$pack bs=1 seek=$((at + 12)) conv=notrunc 2>dd.log &&
		echo $id >id &&
		test_expect_code 128 "$test_repo" read <id 2>err &&
		test_grep "^error: object $id: " err &&
		folder=objects/$(echo $id | cut -c1-2) &&
		mkdir -p $folder &&
		cp ../main/.git/$folder/$(echo $id | cut -c3-) $folder/ &&
		"$test_repo" read <id >read 2>err &&
		sed 1d read | tr -d "\\0" | sed \$d >actual &&
		test_cmp content actual
	)
'

test_expect_success 'an object of the wrong kind is an error that names it' '
	tree=$(git -C main rev-parse "two^{tree}") &&
	(cd main && test_expect_code 128 "$test_repo" commit "$tree") 2>actual &&
	echo "error: object $tree is a tree, not a commit" >expect &&
	test_cmp expect actual
'

test_done
