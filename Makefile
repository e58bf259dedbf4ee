# For those who have make. Everything is in ./run; see ./run --help.
.PHONY: demo test check fix messages bench

demo:
	./run

test:
	./run test

check:
	./run check

fix:
	.venv/bin/ruff check --fix . run; .venv/bin/ruff format . run; .venv/bin/djlint --reformat --quiet templates

messages:
	./run messages

bench:
	./run bench
