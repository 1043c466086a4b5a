// A QR code as one path. Always dark on white with its quiet border: cameras expect it so, at night too.
import { encode } from "uqr";

export function Qr(props: { text: string; label: string }) {
  const { data, size } = encode(props.text, { border: 2, ecc: "M" });
  const path = data.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ""))).join("");
  return (
    <div className="qr">
      <svg viewBox={`0 0 ${size} ${size}`} role="img" aria-label={props.label} shapeRendering="crispEdges">
        <path d={path} fill="currentColor" />
      </svg>
    </div>
  );
}
