/** What a device is called and looks like, as far as its browser told. */
interface Device {
  readonly browser: string | null;
  /** The device, or its operating system. */
  readonly device: string | null;
}

/** Empty for one that nobody knows. */
export const deviceName = ({ browser, device }: Device): string => [browser, device].filter((part) => part !== null).join(', ');

/** The name of an icon. */
export function deviceIcon({ device }: Device): 'tv' | 'phone' | 'laptop' {
  if (device?.includes('TV') || device === 'PlayStation' || device === 'Xbox') return 'tv';
  return device === 'iPhone' || device === 'iPad' || device === 'Android' ? 'phone' : 'laptop';
}
