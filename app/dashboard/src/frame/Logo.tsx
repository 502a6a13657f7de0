/** The gate. */
export function Logo({ size = 36 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="8" fill="var(--accent)" />
      <path d="M7 25V12.5L16 6l9 6.5V25h-4.5v-6.5a4.5 4.5 0 0 0-9 0V25z" fill="var(--on-accent)" />
    </svg>
  );
}
