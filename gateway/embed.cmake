# IN → OUT: the bytes of a file as `static const unsigned char DOCS_HTML[]`.
file(READ ${IN} bytes HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
file(WRITE ${OUT} "/* Generated from docs.html. */\nstatic const unsigned char DOCS_HTML[] = {${bytes}};\n")
