//! The hash by which a login is bound to the TLS channel (RFC 5929, `tls-server-end-point`):
//! that of the server's certificate, by the algorithm with which it was signed.

use rustls::crypto::hash::HashAlgorithm;
use rustls::crypto::ring::cipher_suite;

/// Gives the hash of a certificate; `None` where its algorithm names none (Ed25519).
pub(crate) fn end_point(certificate: &[u8]) -> Option<Vec<u8>> {
    let algorithm = match signature_algorithm(certificate)? {
        // RSA and ECDSA with MD5, SHA-1 and SHA-256 all use SHA-256.
        RSA_MD5 | RSA_SHA1 | RSA_SHA256 | ECDSA_SHA1 | ECDSA_SHA256 => HashAlgorithm::SHA256,
        RSA_SHA384 | ECDSA_SHA384 => HashAlgorithm::SHA384,
        _ => return None,
    };
    let suites = [
        cipher_suite::TLS13_AES_128_GCM_SHA256,
        cipher_suite::TLS13_AES_256_GCM_SHA384,
    ];
    suites.iter().find_map(|suite| {
        let hash = suite.tls13()?.common.hash_provider;
        (hash.algorithm() == algorithm).then(|| hash.hash(certificate).as_ref().to_vec())
    })
}

/// Gives the identifier of the algorithm with which a certificate was signed: the second
/// element of the outer sequence (RFC 5280, 4.1).
fn signature_algorithm(certificate: &[u8]) -> Option<&[u8]> {
    let (outer, _) = element(certificate)?;
    let (_, behind) = element(outer)?;
    let (algorithm, _) = element(behind)?;
    let (identifier, _) = element(algorithm)?;
    Some(identifier)
}

/// Takes the contents of the first DER element, and what stands behind it.
fn element(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (_tag, rest) = bytes.split_first()?;
    let (first, rest) = rest.split_first()?;
    let (length, rest) = if *first < 128 {
        (usize::from(*first), rest)
    } else {
        let (digits, rest) = rest.split_at_checked(usize::from(first & 127))?;
        let digit = |length: usize, byte: &u8| length.checked_mul(256)?.checked_add((*byte).into());
        (digits.iter().try_fold(0, digit)?, rest)
    };
    rest.split_at_checked(length)
}

const RSA_MD5: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 4];
const RSA_SHA1: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 5];
const RSA_SHA256: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11];
const RSA_SHA384: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 12];
const ECDSA_SHA1: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 1];
const ECDSA_SHA256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2];
const ECDSA_SHA384: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 3];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_algorithm_stands_behind_the_signed_part() {
        let mut outer = vec![0x30, 0x03, 1, 2, 3];
        outer.extend_from_slice(&[0x30, 11, 0x06, 9]);
        outer.extend_from_slice(RSA_SHA256);
        let mut certificate = vec![0x30, 0x81, u8::try_from(outer.len()).unwrap()];
        certificate.extend_from_slice(&outer);
        assert_eq!(signature_algorithm(&certificate), Some(RSA_SHA256));
        assert_eq!(end_point(&certificate).map(|hash| hash.len()), Some(32));
        assert_eq!(end_point(b"x"), None);
    }
}
