//! QR codes as SVG 1.1 images, drawn locally so that nobody else sees their content.

use std::fmt::Write as _;

use qrcode::types::Color;
use qrcode::{EcLevel, QrCode};

/// The light border that scanners need, in modules (ISO/IEC 18004).
const QUIET: usize = 4;

/// Draws a text as a QR code. Returns `None` if it is too long for one.
pub(super) fn svg(text: &str) -> Option<String> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let (width, side) = (code.width(), code.width() + 2 * QUIET);
    let mut path = String::new();
    for (row, colors) in code.to_colors().chunks(width).enumerate() {
        let mut column = 0;
        for run in colors.chunk_by(|left, right| left == right) {
            if run[0] == Color::Dark {
                let (x, y, length) = (column + QUIET, row + QUIET, run.len());
                // Writing into a string can't fail.
                let _ = write!(path, "M{x} {y}h{length}v1h-{length}z");
            }
            column += run.len();
        }
    }
    // Always dark on light, because few scanners read inverted codes.
    Some(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\">\
         <path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/><path fill=\"#000\" d=\"{path}\"/></svg>"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_drawn_in_one_path_and_what_is_too_long_is_not() {
        let drawn = svg("otpauth://totp/Acme:ada%40example.com?secret=GEZDGNBVGY3TQOJQ").unwrap();
        assert!(drawn.starts_with("<svg ") && drawn.ends_with("</svg>"));
        // The top row of the first finder pattern, inside the border: seven dark modules.
        assert!(drawn.contains("M4 4h7v1h-7z"), "{drawn}");
        assert!(!drawn.contains("GEZD"));
        assert!(svg(&"x".repeat(5000)).is_none());
    }
}
