"""GeoReport v2, the standard by which applications of towns file and read requests (wiki.open311.org/GeoReport_v2).

What is public here is what is public on the pages, and not a word more. XML is what the standard asks for; JSON is the
same by its own mapping. Errors come in the standard's form, several at once.
"""
