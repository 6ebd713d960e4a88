#!/bin/sh

test_description='git perfrank in every layout of a repository: the same ranking, or the command that helps'

. "$(dirname "$0")/test-lib.sh"
. "$TEST_SOURCE/lib-perfrank.sh"

# The history of all layouts: a hot file that is changed, renamed while it is
# changed, and changed again; a header; a quiet commit.
write_history() {
	new_program "$1" &&
	change push "ring: push" "ring_push_more=r = 1" &&
	git mv src/ring.c src/queue.c &&
	sed "s/r->tail++/r->tail += 2/" src/queue.c >new &&
	mv new src/queue.c &&
	test_tick &&
	git commit -q -a -m "ring: a new name" &&
	git tag moved &&
	sed "s/r->head++/r->head += 2/" src/queue.c >new &&
	mv new src/queue.c &&
	test_tick &&
	git commit -q -a -m "queue: push by two" &&
	git tag again &&
	sed "s/int head,/int head, more,/" include/ring.h >new &&
	mv new include/ring.h &&
	test_tick &&
	git commit -q -a -m "ring: more head" &&
	git tag tip &&
	rm -rf .git/perf
}

# answers <file> [<options of git>...]: what the subcommands say, the paths of
# this machine left out.
answers() {
	answers_file=$1
	shift
	git "$@" perfrank --porcelain -n 0 -p "$profile" base..tip >"$answers_file" &&
	git "$@" perfrank --format="%H %s %(functions)" -n 0 -p "$profile" base..tip >>"$answers_file" &&
	git "$@" perfrank --merges --short-lists --explain -p "$profile" base..tip >>"$answers_file" &&
	git "$@" perfrank list -o - -p "$profile" base..tip >>"$answers_file" &&
	git "$@" perfrank show -p "$profile" again base..tip >>"$answers_file"
}

# What lies in a git directory but for our own folder.
git_files() {
	find "$1" -path "*/perf" -prune -o -type f -exec cksum {} + | sort
}

# like_plain <git directory> [<options of git>...]: says the same as the plain
# repository, without a word on stderr, and writes nothing but the last query.
like_plain() {
	like_plain_dir=$1
	shift
	git_files "$like_plain_dir" >"$HOME/files.before" &&
	answers "$HOME/actual" "$@" 2>"$HOME/err" &&
	test_cmp "$HOME/plain.answers" "$HOME/actual" &&
	test_must_be_empty "$HOME/err" &&
	git_files "$like_plain_dir" >"$HOME/files.after" &&
	test_cmp "$HOME/files.before" "$HOME/files.after"
}

# repeats_last [<options of git>...]: show finds the last ranking again.
repeats_last() {
	git "$@" perfrank show -p "$profile" again base..tip >"$HOME/expect" &&
	git "$@" perfrank show again >"$HOME/actual" &&
	test_cmp "$HOME/expect" "$HOME/actual"
}

test_expect_success 'set up' '
	write_history plain &&
	write_profile | sed "s,src/ring.c,src/queue.c," >../profile.csv
'

cd "$HOME" || exit 1
profile=$HOME/profile.csv
PATH=$HOME/tools:$PATH

test_expect_success '1: a plain repository' '
	answers plain.answers -C plain 2>err &&
	test_must_be_empty err &&
	git -C plain rev-list base..tip | sort >ids &&
	sed 4q plain.answers | cut -f 4 | sort >actual &&
	test_cmp ids actual &&
	test_grep "ring_push 60%" plain.answers &&
	like_plain plain/.git -C plain &&
	like_plain plain/.git -C plain/src &&
	like_plain plain/.git -C plain/.git &&
	repeats_last -C plain
'

test_expect_success '2: a linked worktree, and one with a configuration of its own' '
	git -C plain worktree add -q ../linked push &&
	like_plain plain/.git -C linked &&
	repeats_last -C linked &&
	git -C plain config extensions.worktreeConfig true &&
	git -C linked config --worktree perfrank.limit 1 &&
	git -C linked perfrank --porcelain -p "$profile" base..tip >actual &&
	test_line_count = 1 actual &&
	git -C plain perfrank --porcelain -p "$profile" base..tip >actual &&
	test_line_count = 4 actual &&
	git -C linked config --worktree --unset perfrank.limit &&
	like_plain plain/.git -C linked
'

test_expect_success '3: a shallow clone whose boundary is the good end' '
	git clone -q --depth 5 "file://$PWD/plain" shallow &&
	test_path_is_file shallow/.git/shallow &&
	like_plain shallow/.git -C shallow &&
	repeats_last -C shallow
'

test_expect_success '3: a shallow clone without the good end names the command that helps' '
	git clone -q --depth 2 "file://$PWD/plain" too-shallow &&
	refused "unknown revision .base. in this shallow clone; try git fetch --unshallow --tags" \
		git -C too-shallow perfrank -p "$profile" base..tip &&
	refused "git fetch --unshallow --tags" git -C too-shallow perfrank list -p "$profile" base..tip &&
	refused "git fetch --unshallow --tags" git -C too-shallow perfrank show -p "$profile" again base..tip &&
	git -C too-shallow fetch -q --unshallow --tags &&
	like_plain too-shallow/.git -C too-shallow
'

# clone_partial <options>... <dir>: whose fetches are recorded in uploads.
clone_partial() {
	mkdir -p tools &&
	write_script tools/recorder <<-\EOF &&
	echo "upload-pack" >>"$HOME/uploads"
	exec git-upload-pack "$@"
	EOF
	git -C plain config uploadpack.allowFilter true &&
	git -C plain config uploadpack.allowAnySHA1InWant true &&
	for partial in "$@"
	do
		:
	done &&
	git clone -q -u recorder "$@" &&
	git -C "$partial" config remote.origin.uploadpack recorder &&
	git -C "$partial" rev-list --objects --all --missing=print >before &&
	test_grep "^?" before &&
	rm -f uploads
}

# nothing_fetched <dir>: no transport was started, and no object came.
nothing_fetched() {
	test_path_is_missing uploads &&
	test_path_is_missing packets &&
	git -C "$1" rev-list --objects --all --missing=print >after &&
	test_cmp before after
}

# ranks_without_blobs [<options of git>...]: all ids, and what is missing said
# once.
ranks_without_blobs() {
	for form in "" "list -o -"
	do
		GIT_TRACE_PACKET=$HOME/packets git "$@" perfrank $form -p "$profile" base..tip >out 2>err &&
		test_grep "^warning: of [1-9][0-9]* changes* a version is missing from this partial clone" err &&
		test_grep "^hint: nothing is fetched unasked; git .* fetches them\$" err &&
		test_grep ! "^fatal\|^error" err || return 1
	done &&
	GIT_TRACE_PACKET=$HOME/packets git "$@" perfrank --porcelain -n 0 -p "$profile" base..tip >out 2>err &&
	cut -f 4 out | sort >actual &&
	test_cmp ids actual &&
	GIT_TRACE_PACKET=$HOME/packets git "$@" perfrank show -p "$profile" moved base..tip >out 2>err &&
	test_grep "ring: a new name" out &&
	test_grep "^warning: the hunks are not shown, .*; git show [0-9a-f]* fetches them" err
}

# fetch_as_told [<options of git>...]: runs the commands of the hints until
# there are none.
fetch_as_told() {
	for round in 1 2 3 4 5
	do
		git "$@" perfrank -p "$profile" base..tip >out 2>err &&
		sed -n -e "s/^hint: nothing is fetched unasked; git \(.*\) fetches them\$/\1/p" \
			-e "s/^hint: git \(show .*\) fetches them\$/\1/p" err >commands &&
		test -s commands || return 0
		while read -r command
		do
			eval "git $(printf " \"%s\"" "$@") $command" || return 1
		done <commands
	done
	echo >&4 "still: $(cat commands)" &&
	return 1
}

test_expect_success '4: a partial clone is never made to fetch, and ranks by what is there' '
	clone_partial --bare --filter=blob:none "file://$PWD/plain" partial.git &&
	ranks_without_blobs -C partial.git &&
	nothing_fetched partial.git
'

test_expect_success '4: the same through the plumbing' '
	test_env GIT_TEST_PERF_PLUMBING=1 ranks_without_blobs -C partial.git &&
	nothing_fetched partial.git
'

test_expect_success '4: the commands of its hints fetch what is missing, and then it ranks as a full clone' '
	fetch_as_told -C partial.git &&
	test_path_is_file uploads &&
	answers actual -C partial.git 2>err &&
	test_cmp plain.answers actual &&
	test_must_be_empty err &&
	repeats_last -C partial.git
'

test_expect_success '4: a partial clone without trees names the command that helps' '
	clone_partial --bare --filter=tree:0 "file://$PWD/plain" treeless.git &&
	refused "is missing from this partial clone; git fetch --refetch --filter=blob:none fetches" \
		git -C treeless.git perfrank -p "$profile" base..tip &&
	nothing_fetched treeless.git &&
	git -C treeless.git fetch -q --refetch --filter=blob:none &&
	ranks_without_blobs -C treeless.git
'

test_expect_success '5: a sparse checkout of a partial clone' '
	clone_partial --sparse --filter=blob:none "file://$PWD/plain" sparse &&
	test_path_is_missing sparse/src &&
	ranks_without_blobs -C sparse &&
	nothing_fetched sparse &&
	git -C sparse fetch -q --refetch --no-filter &&
	answers actual -C sparse 2>err &&
	test_cmp plain.answers actual &&
	test_must_be_empty err &&
	git -C sparse status --porcelain >status &&
	test_must_be_empty status
'

test_lazy_prereq SHA256 'git init -q --object-format=sha256 probe-sha256'

# Ids, and the scores that they decide where two commits are alike, are others.
test_expect_success SHA256 '6: a SHA-256 repository' '
	(
		GIT_DEFAULT_HASH=sha256 &&
		export GIT_DEFAULT_HASH &&
		unset test_clock &&
		write_history sha256
	) &&
	for dir in plain sha256
	do
		answers $dir.raw -C $dir 2>err &&
		test_must_be_empty err &&
		sed -e "s/[0-9a-f]\{64\}/ID/g" -e "s/[0-9a-f]\{40\}/ID/g" -e "s/[0-9a-f]\{12\}/ID/g" \
			$dir.raw >$dir.shown || return 1
	done &&
	test_grep "^1	.*	ID	base..tip	" sha256.shown &&
	test_cmp plain.shown sha256.shown &&
	repeats_last -C sha256
'

test_expect_success '7: reftable, of which this git may know nothing' '
	cp -R plain reftable &&
	git -C reftable config core.repositoryFormatVersion 1 &&
	git -C reftable config extensions.refStorage reftable &&
	if git -C reftable rev-parse --git-dir 2>/dev/null
	then
		rm -rf reftable &&
		git clone -q --ref-format=reftable plain reftable &&
		like_plain reftable/.git -C reftable
	else
		for form in "-p $profile" "list -p $profile" "show -p $profile again"
		do
			refused "refstorage; install git 2.45 or newer, .* git refs migrate --ref-format=files\$" \
				git -C reftable perfrank $form base..tip || return 1
		done
	fi
'

test_expect_success '7: another extension that git does not know' '
	cp -R plain extended &&
	git -C extended config core.repositoryFormatVersion 1 &&
	git -C extended config extensions.somethingNew true &&
	refused "unknown repository extension.*somethingnew; a newer git may read it" \
		git -C extended perfrank -p "$profile" base..tip
'

test_expect_success '8: a bare repository' '
	git clone -q --bare plain bare.git &&
	like_plain bare.git -C bare.git &&
	like_plain bare.git --git-dir=bare.git &&
	repeats_last -C bare.git
'

test_expect_success '9: a submodule' '
	git init -q super &&
	test_tick &&
	git -C super -c protocol.file.allow=always submodule --quiet add "$PWD/plain" module &&
	git -C super commit -q -m "super: add a module" &&
	like_plain super/.git/modules/module -C super/module &&
	repeats_last -C super/module &&
	test_path_is_missing super/.git/perf &&
	refused "unknown revision .tip." git -C super perfrank -p "$profile" base..tip
'

test_expect_success '10: objects of another repository, by file and by environment' '
	git clone -q --shared plain borrower &&
	like_plain borrower/.git -C borrower &&
	repeats_last -C borrower &&
	git clone -q --shared borrower borrower2 &&
	like_plain borrower2/.git -C borrower2 &&
	rm borrower/.git/objects/info/alternates &&
	test_env GIT_ALTERNATE_OBJECT_DIRECTORIES="$PWD/plain/.git/objects" like_plain borrower/.git -C borrower
'

test_expect_success '11: GIT_DIR, GIT_WORK_TREE and their options, from elsewhere' '
	mkdir elsewhere &&
	git clone -q --separate-git-dir=elsewhere/store.git plain separate &&
	like_plain elsewhere/store.git -C separate &&
	cd elsewhere &&
	test_env GIT_DIR=store.git like_plain store.git &&
	test_env GIT_DIR="$PWD/store.git" GIT_WORK_TREE="$HOME/separate" like_plain store.git &&
	test_env GIT_DIR=store.git GIT_WORK_TREE=. like_plain store.git &&
	like_plain store.git --git-dir=store.git --work-tree="$HOME/separate" &&
	test_env GIT_DIR=store.git repeats_last &&
	test_env GIT_DIR=../plain/.git GIT_OBJECT_DIRECTORY="$PWD/store.git/objects" like_plain ../plain/.git &&
	cd ../linked &&
	test_env GIT_DIR="$HOME/plain/.git/worktrees/linked" GIT_COMMON_DIR="$HOME/plain/.git" \
		like_plain "$HOME/plain/.git"
'

test_expect_success '11: git -c reaches it' '
	cd "$HOME" &&
	git -C plain -c perfrank.limit=1 -c "perfrank.profile=$profile" perfrank --porcelain base..tip >actual &&
	test_line_count = 1 actual &&
	cd elsewhere &&
	GIT_DIR=store.git git -c "perfrank.output=-" perfrank list -p "$profile" base..tip >actual &&
	test_grep "^Subject: ring: a new name" actual
'

# A mount of its own namespace leaves nothing behind; permission bits do not
# bind root.
test_lazy_prereq MOUNT '
	mkdir -p mountpoint &&
	unshare -m sh -c "mount --bind -o ro mountpoint mountpoint && ! touch mountpoint/file"
'

# read_only <dir> <command>...
if test_have_prereq MOUNT
then
	read_only() {
		unshare -m sh -c 'mount --bind -o ro "$1" "$1" && shift && "$@"' read_only "$@"
	}
	test_set_prereq READONLY
elif ! test_have_prereq ROOT
then
	read_only() {
		read_only_dir=$1
		shift
		chmod -R a-w "$read_only_dir" &&
		"$@"
		read_only_status=$?
		chmod -R u+w "$read_only_dir"
		return $read_only_status
	}
	test_set_prereq READONLY
fi

test_expect_success READONLY '12: a git directory that cannot be written to' '
	cd "$HOME" &&
	git clone -q plain readonly &&
	git_files readonly/.git >files.before &&
	read_only readonly/.git git -C readonly perfrank --porcelain -n 0 -p "$profile" base..tip >actual 2>err &&
	sed 4q plain.answers >expect &&
	test_cmp expect actual &&
	test_must_be_empty err &&
	read_only readonly/.git git -C readonly perfrank list -o - -p "$profile" base..tip >out 2>err &&
	test_grep "^Subject: ring: a new name" out &&
	test_must_be_empty err &&
	read_only readonly/.git git -C readonly perfrank show -p "$profile" again base..tip >out 2>err &&
	test_grep "queue: push by two" out &&
	test_must_be_empty err &&
	test_expect_code 128 read_only readonly/.git git -C readonly perfrank show again 2>err &&
	test_grep "^fatal: no ranking to show a commit of: .* or give a range" err &&
	git_files readonly/.git >files.after &&
	test_cmp files.before files.after
'

# The advice of a commit-graph.

test_expect_success 'set up many commits' '
	cd "$HOME" &&
	git init -q many &&
	perl -e "
		for my \$i (1 .. 10001) {
			print qq(commit refs/heads/main\ncommitter C <c\@example.com> \$i +0000\ndata 0\n);
			print qq(M 100644 inline list.c\ndata 7\ntext \$i\n\n) if \$i == 1 or \$i == 10001;
		}
	" | sed "s/^text 10001/text 11/; s/^text 1\$/text  1/" | git -C many fast-import --quiet &&
	git -C many checkout -q main &&
	git -C many tag first "$(git -C many rev-list --max-parents=0 main)" &&
	printf "function,samples,file_path\ntext,1,list.c\n" >list.csv &&
	git clone -q --mirror many many.git &&
	git clone -q --shared many many-borrower &&
	git -C many worktree add -q ../many-linked first &&
	git -C many config uploadpack.allowFilter true &&
	git clone -q --filter=tree:0 --bare "file://$PWD/many" many-treeless.git &&
	git clone -q --filter=blob:limit=1m --bare "file://$PWD/many" many-partial.git &&
	git clone -q --depth 10000 "file://$PWD/many" many-shallow
'

# advises <yes | no> <command>...: whether a graph is advised; none is written.
advises() {
	advises_expect=$1
	shift
	"$@" perfrank -p "$HOME/list.csv" first..main >out 2>err &&
	if grep -q "commit-graph write" err
	then
		advises_actual=yes
	else
		advises_actual=no
	fi &&
	find many* -name "commit-graph*" >written &&
	test_must_be_empty written &&
	if test $advises_actual != $advises_expect
	then
		cat >&4 err
		return 1
	fi
}

test_expect_success 'a commit-graph is advised in each layout where it would help' '
	advises yes git -C many &&
	advises yes git -C many.git &&
	advises yes git -C many-borrower &&
	advises yes git -C many-linked &&
	advises yes git -C many-partial.git &&
	advises yes env GIT_DIR=many.git git
'

test_expect_success 'it is not where it would not help: replaced, shallow' '
	git -C many.git replace main~3 main~4 &&
	advises no git -C many.git &&
	advises yes env GIT_NO_REPLACE_OBJECTS=1 git -C many.git &&
	git -C many-shallow tag -f first "$(git -C many-shallow rev-list --max-parents=0 main)" >/dev/null &&
	advises no git -C many-shallow
'

test_expect_success READONLY 'nor where it cannot be written' '
	advises no read_only many/.git git -C many
'

test_expect_success 'a graph of the alternate serves its borrower' '
	git -C many commit-graph write --reachable --changed-paths 2>/dev/null &&
	git -C many-borrower perfrank -p "$HOME/list.csv" first..main >out 2>err &&
	test_must_be_empty err &&
	git -C many-linked perfrank -p "$HOME/list.csv" first..main >out 2>err &&
	test_must_be_empty err &&
	find many-borrower -name "commit-graph*" >written &&
	test_must_be_empty written
'

test_done
