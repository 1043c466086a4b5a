export function Mark() {
  return (
    <svg viewBox="0 0 20 20" fill="none" stroke="currentColor" strokeWidth="2" aria-hidden="true">
      <circle cx="4.5" cy="5" r="2.6" />
      <circle cx="15.5" cy="15" r="2.6" />
      <path d="M4.5 7.6c0 6 11 0 11 4.8" />
    </svg>
  );
}
