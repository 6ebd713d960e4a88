# A small program with a history for the tests of git perfrank. To be sourced
# after test-lib.sh.
#
# shellcheck shell=sh disable=SC2154

# write_function <name> <line>...: a C function with these statements.
write_function() {
	printf 'int %s(struct ring *r)\n{\n' "$1"
	shift
	printf '\t%s;\n' "$@"
	printf '\treturn 0;\n}\n\n'
}

# The files of the program. A variable named as a function overrides its one
# statement, with "_more" behind the name it adds another one.
write_program() {
	mkdir -p src lib include &&
	{
		printf '#include "ring.h"\n\n' &&
		write_function ring_push "${ring_push:-r->head++}" ${ring_push_more+"$ring_push_more"} &&
		write_function ring_pop "${ring_pop:-r->tail++}" ${ring_pop_more+"$ring_pop_more"} &&
		write_function ring_free "${ring_free:-r->dead = 1}" ${ring_free_more+"$ring_free_more"}
	} >src/ring.c &&
	write_function list_walk "${list_walk:-r->list++}" ${list_walk_more+"$list_walk_more"} >src/list.c &&
	write_function log_write "${log_write:-r->log++}" ${log_write_more+"$log_write_more"} >lib/log.c &&
	write_function other_thing "${other_thing:-r->other++}" ${other_thing_more+"$other_thing_more"} >lib/other.c &&
	printf 'struct ring {\n\tint head, tail, dead, list, log, other%s;\n};\n' "${ring_h-}" >include/ring.h
}

# A profile of it: ring_push is the hottest, log_write the coldest.
write_profile() {
	cat <<-\EOF
	function,samples,sys_percent,file_path
	ring_push,6000,60,src/ring.c
	ring_pop,2000,20,src/ring.c
	list_walk,500,5,src/list.c
	log_write,100,1,lib/log.c
	EOF
}

# new_program <dir>: a repository with the program's first version, tagged
# "base", and its profile where git perfrank looks for it. Changes directory.
new_program() {
	git init -q "$1" &&
	cd "$1" &&
	write_program &&
	git add src lib include &&
	test_tick &&
	git commit -q -m "zero: begin" &&
	git tag base &&
	mkdir .git/perf &&
	write_profile >.git/perf/kernel_func.csv
}

# change <tag> <message> [<variable>=<statement>...]: a commit of the program
# with these functions changed, the others as they were first.
change() {
	change_tag=$1
	change_message=$2
	shift 2
	(
		for change_setting in "$@"
		do
			eval "${change_setting%%=*}=\${change_setting#*=}"
		done
		write_program
	) &&
	git add src lib include &&
	test_tick &&
	git commit -q --allow-empty -m "$change_message" &&
	git tag "$change_tag"
}

# order [<options>] <range>: the tags of the ranked commits, the likeliest first.
order() {
	git perfrank -n 0 --format='%D' "$@" >order.raw &&
	sed -e 's/HEAD -> [a-z]*//' -e 's/tag: //g' -e 's/, main//' -e 's/^, //' order.raw
}

# expect_order <range and options> -- <tag>...
expect_order() {
	expect_order_words=
	while test "$1" != --
	do
		expect_order_words="$expect_order_words $1"
		shift
	done
	shift
	test_write_lines "$@" >expect &&
	order $expect_order_words >actual &&
	test_cmp expect actual
}

# part <tag> <kind> [<options>] <range>: that part of a commit's score, 0 without.
part() {
	part_id=$(git rev-parse "$1^{commit}") &&
	part_kind=$2 &&
	shift 2 &&
	git perfrank -n 0 --json "$@" >part.json &&
	python3 - "$part_id" "$part_kind" part.json <<-\EOF
	import json, sys
	for c in json.load(open(sys.argv[3]))["ranking"]:
	    if c["id"] == sys.argv[1]:
	        print(next((p["score"] for p in c["parts"] if p["kind"] == sys.argv[2]), 0))
	EOF
}

# misused <sentence's pattern> <command>...: 129, nothing on stdout, one error line first.
misused() {
	misused_pattern=$1
	shift
	test_expect_code 129 "$@" >out 2>err &&
	test_must_be_empty out &&
	sed 1q err >first &&
	test_grep -e "^error: .*$misused_pattern" first
}

# refused <sentence's pattern> <command>...: 128, nothing on stdout, one fatal line.
refused() {
	refused_pattern=$1
	shift
	test_expect_code 128 "$@" >out 2>err &&
	test_must_be_empty out &&
	grep "^fatal: " err >fatal &&
	test_line_count = 1 fatal &&
	test_grep -e "$refused_pattern" fatal
}
