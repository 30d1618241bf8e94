"""Agile encryption of Office files with AES-256 and SHA-512 ([MS-OFFCRYPTO] 2.3.4.10 to 2.3.4.15).

msoffcrypto-tool can write it too, but fills half of the 256 bits of its key with a constant (6.1); reading with it
what was written here is what proves the two alike.
"""

import hashlib
import hmac
import secrets
import struct
from base64 import b64encode
from io import BytesIO
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

__all__ = ["encrypted_package"]

SPINS: Final = 100_000  # rounds of hashing between a password and its key, as Excel itself has them
_SEGMENT: Final = 4096
_BLOCK: Final = 16
_KEY: Final = 32
# Which key is derived from the password's hash, and which block is encrypted: the standard's constants.
_VERIFIER: Final = bytes.fromhex("fea7d2763b4b9e79")
_VERIFIER_HASH: Final = bytes.fromhex("d7aa0f6d3061344e")
_SECRET: Final = bytes.fromhex("146e0be7abacd0d6")
_HMAC_KEY: Final = bytes.fromhex("5fb2ad010cb9e1f6")
_HMAC_VALUE: Final = bytes.fromhex("a0677f02b22c8433")


def encrypted_package(package: bytes, password: str) -> tuple[bytes, bytes]:
    """Encrypt a package.

    Args:
        package: the bytes of a workbook.
        password: at most 255 characters, as Office takes them.

    Returns:
        The streams EncryptionInfo and EncryptedPackage.
    """
    key, data_salt, word_salt = secrets.token_bytes(_KEY), secrets.token_bytes(_BLOCK), secrets.token_bytes(_BLOCK)
    content = _content(package, key, data_salt)
    hmac_key = secrets.token_bytes(hashlib.sha512().digest_size)
    hmac_value = hmac.digest(hmac_key, content, "sha512")
    word = _stretched(password, word_salt)
    verifier = secrets.token_bytes(_BLOCK)

    def with_word(constant: bytes, plain: bytes) -> str:
        return _text(_aes(plain, hashlib.sha512(word + constant).digest()[:_KEY], word_salt))

    def with_key(constant: bytes, plain: bytes) -> str:
        return _text(_aes(plain, key, _vector(data_salt, constant)))

    described = _INFO.format(
        spins=SPINS,
        data_salt=_text(data_salt),
        word_salt=_text(word_salt),
        hmac_key=with_key(_HMAC_KEY, hmac_key),
        hmac_value=with_key(_HMAC_VALUE, hmac_value),
        verifier=with_word(_VERIFIER, verifier),
        verifier_hash=with_word(_VERIFIER_HASH, hashlib.sha512(verifier).digest()),
        secret=with_word(_SECRET, key),
    )
    return struct.pack("<HHI", 4, 4, 0x40) + described.encode(), content


def _content(package: bytes, key: bytes, salt: bytes) -> bytes:
    """Return the size of a package and its segments, each encrypted with a vector of its own."""
    content = BytesIO()
    content.write(struct.pack("<Q", len(package)))
    view = memoryview(package)
    for number, start in enumerate(range(0, len(package), _SEGMENT)):
        segment = bytes(view[start : start + _SEGMENT])
        content.write(_aes(segment + bytes(-len(segment) % _BLOCK), key, _vector(salt, struct.pack("<I", number))))
    return content.getvalue()


def _stretched(password: str, salt: bytes) -> bytes:
    """Return the hash of a password that costs a guesser as much for each guess."""
    word = hashlib.sha512(salt + password.encode("utf-16-le")).digest()
    for number in range(SPINS):
        word = hashlib.sha512(struct.pack("<I", number) + word).digest()
    return word


def _vector(salt: bytes, constant: bytes) -> bytes:
    return hashlib.sha512(salt + constant).digest()[:_BLOCK]


def _aes(plain: bytes, key: bytes, vector: bytes) -> bytes:
    encryptor = Cipher(algorithms.AES(key), modes.CBC(vector)).encryptor()
    return encryptor.update(plain) + encryptor.finalize()


def _text(content: bytes) -> str:
    return b64encode(content).decode("ascii")


_HOW: Final = (
    'saltSize="16" blockSize="16" keyBits="256" hashSize="64" cipherAlgorithm="AES" '
    'cipherChaining="ChainingModeCBC" hashAlgorithm="SHA512"'
)
_OFFICE: Final = "http://schemas.microsoft.com/office/2006"
_INFO: Final = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'
    f'<encryption xmlns="{_OFFICE}/encryption" xmlns:p="{_OFFICE}/keyEncryptor/password" '
    f'xmlns:c="{_OFFICE}/keyEncryptor/certificate">'
    f'<keyData {_HOW} saltValue="{{data_salt}}"/>'
    '<dataIntegrity encryptedHmacKey="{hmac_key}" encryptedHmacValue="{hmac_value}"/>'
    f'<keyEncryptors><keyEncryptor uri="{_OFFICE}/keyEncryptor/password">'
    f'<p:encryptedKey spinCount="{{spins}}" {_HOW} saltValue="{{word_salt}}" '
    'encryptedVerifierHashInput="{verifier}" encryptedVerifierHashValue="{verifier_hash}" '
    'encryptedKeyValue="{secret}"/></keyEncryptor></keyEncryptors></encryption>'
)
