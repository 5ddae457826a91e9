/** A cassette with two reels. */
export function Logo() {
  return (
    <svg class="logo" viewBox="0 0 32 32" aria-hidden="true">
      <title>Cassette</title>
      <rect x="1" y="6" width="30" height="20" rx="3.5" fill="var(--accent)" />
      <rect x="5" y="10" width="22" height="9" rx="4.5" fill="var(--panel)" />
      <circle cx="10.5" cy="14.5" r="2.6" fill="var(--accent)" />
      <circle cx="21.5" cy="14.5" r="2.6" fill="var(--accent)" />
      <path d="M9 26l1.6-4h10.8L23 26z" fill="var(--panel)" />
    </svg>
  );
}

/** Who we are, in one sentence. */
export function Title() {
  return (
    <div class="title">
      <Logo />
      <h1>Cassette</h1>
      <p>
        A database inside this browser tab: it takes CQL, keeps every write on this device as real Apache&nbsp;Cassandra&nbsp;5.0
        files, and hands them out as a zip that a cluster imports.
      </p>
    </div>
  );
}
