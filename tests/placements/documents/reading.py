"""Opens our PDFs as somebody else would."""

import io

from pypdf import PdfReader


def read(data):
    return PdfReader(io.BytesIO(data))


def text_of(data):
    return " ".join(" ".join(page.extract_text() for page in read(data).pages).split())


def tags(data):
    """The kinds of element in the structure tree: what a screen reader is told."""
    found = []

    def walk(node):
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            for kid in node:
                walk(kid)
        elif isinstance(node, dict):
            if "/S" in node:
                found.append(str(node["/S"]))
            if "/K" in node:
                walk(node["/K"])

    walk(read(data).trailer["/Root"]["/StructTreeRoot"]["/K"])
    return found


def violations(data):
    """What PDF/UA-1 asks for and the file lacks, as sentences."""
    pdf = read(data)
    root = pdf.trailer["/Root"]
    xmp = root["/Metadata"].get_object().get_data().decode() if "/Metadata" in root else ""
    wrong = [] if str(root.get("/Lang", "")) else ["no language"]
    if "/MarkInfo" not in root or not root["/MarkInfo"]["/Marked"]:
        wrong.append("not tagged")
    if "/StructTreeRoot" not in root:
        wrong.append("no structure")
    if not (pdf.metadata and pdf.metadata.title):
        wrong.append("no title")
    if not root.get("/ViewerPreferences", {}).get("/DisplayDocTitle"):
        wrong.append("the title is not shown")
    if "pdfuaid" not in xmp:
        wrong.append("does not say that it is PDF/UA")
    for page in pdf.pages:
        for font in page["/Resources"].get("/Font", {}).values():
            kin = font.get_object().get("/DescendantFonts", [font])[0].get_object()
            if not {"/FontFile2", "/FontFile3"} & set(kin["/FontDescriptor"].get_object()):
                wrong.append(f"{kin['/BaseFont']} is not inside")
    return wrong
