"""A certificate for 127.0.0.1 that nobody but a test believes in."""

import shutil
import ssl
import subprocess
from pathlib import Path


def has_openssl() -> bool:
    return shutil.which("openssl") is not None


def make_certificate(folder: Path) -> Path:
    """Certificate and key in one file; point SSL_CERT_FILE at it to have it believed."""
    file, key = folder / "certificate.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(file)],
        check=True, capture_output=True,
    )  # fmt: skip
    file.write_bytes(file.read_bytes() + key.read_bytes())
    return file


def server_context(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context
