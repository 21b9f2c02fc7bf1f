import { Combobox, Pill, PillsInput, Text, useCombobox } from "@mantine/core";
import { useEffect, useState } from "react";
import { formatAddress, nameOf, parseAddresses } from "../../app/people";
import type { EmailAddress } from "../../jmap/types";
import { t } from "../../texts";
import { useSuggestions } from "./recipients";

/** Recipients: typed, pasted, or chosen from those one has written to and from the directory, found with and without diacritics. */
export function AddressInput({ label, value, onChange, autoFocus = false }: { label: string; value: EmailAddress[]; onChange: (value: EmailAddress[]) => void; autoFocus?: boolean }) {
  const combobox = useCombobox({ onDropdownClose: () => combobox.resetSelectedOption() });
  const [text, setText] = useState("");
  const found = useSuggestions(text);
  const options = found.filter((one) => !value.some((v) => v.email.toLowerCase() === one.email.toLowerCase())).slice(0, 8);
  useEffect(() => {
    if (text.trim() && options.length > 0) combobox.openDropdown();
    else combobox.closeDropdown();
    combobox.selectFirstOption();
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the combobox is the same one
  }, [text, options.length]);

  const add = (more: EmailAddress[]) => {
    onChange([...value, ...more.filter((one) => !value.some((v) => v.email.toLowerCase() === one.email.toLowerCase()))]);
    setText("");
  };
  const takeTyped = () => {
    const typed = parseAddresses(text);
    if (typed.length > 0) add(typed);
    return typed.length > 0;
  };
  const isWrong = (address: EmailAddress) => !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(address.email);
  return (
    <Combobox store={combobox} onOptionSubmit={(email) => add(found.filter((one) => one.email === email))} position="bottom-start">
      <Combobox.DropdownTarget>
        <div className="compose-line">
          <span className="compose-label" aria-hidden>
            {label}
          </span>
          <PillsInput variant="unstyled" className="compose-field" onClick={() => combobox.openDropdown()}>
            <Pill.Group>
              {value.map((address) => (
                <Pill
                  key={address.email}
                  withRemoveButton
                  title={formatAddress(address)}
                  className={isWrong(address) ? "pill-wrong" : ""}
                  removeButtonProps={{ "aria-label": t("removeRecipient", { who: nameOf(address) }), "aria-hidden": false, tabIndex: 0 }}
                  onRemove={() => onChange(value.filter((v) => v !== address))}
                >
                  {nameOf(address)}
                </Pill>
              ))}
              <Combobox.EventsTarget>
                <PillsInput.Field
                  aria-label={label}
                  autoFocus={autoFocus}
                  autoComplete="off"
                  value={text}
                  onChange={(e) => {
                    const typed = e.currentTarget.value;
                    if (/[,;\n]$/.test(typed) && parseAddresses(typed.slice(0, -1)).length > 0) add(parseAddresses(typed.slice(0, -1)));
                    else setText(typed);
                  }}
                  onPaste={(e) => {
                    const pasted = parseAddresses(e.clipboardData.getData("text"));
                    if (pasted.length < 1) return;
                    e.preventDefault();
                    add(pasted);
                  }}
                  onBlur={() => {
                    takeTyped();
                    combobox.closeDropdown();
                  }}
                  onKeyDown={(e) => {
                    if (e.key === "Backspace" && text === "" && value.length > 0) onChange(value.slice(0, -1));
                    else if (e.key === "Enter" && options.length === 0 && takeTyped()) e.preventDefault();
                  }}
                />
              </Combobox.EventsTarget>
            </Pill.Group>
          </PillsInput>
        </div>
      </Combobox.DropdownTarget>
      <Combobox.Dropdown hidden={options.length === 0}>
        <Combobox.Options aria-label={t("suggestions")}>
          {options.map((one) => (
            <Combobox.Option key={one.email} value={one.email}>
              <Text size="sm">{nameOf(one)}</Text>
              <Text size="xs" c="dimmed">
                {one.email}
              </Text>
            </Combobox.Option>
          ))}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}
