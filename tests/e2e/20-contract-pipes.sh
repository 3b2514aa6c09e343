# What scripts lean on in pipes: fields, templates, what is named how.
. "${SOURCE_DIR:?}/tests/e2e/lib.sh"

rss news.xml "News" a b c
serve
start
id=$(feedctl add "$base/news.xml" | cut -f1)

claim "double braces stand for themselves, whatever is between them"
same "{x} News {guid}" "$(feedctl list -n 1 --format '{{x}} {feed_title} {{guid}}')"

stop
